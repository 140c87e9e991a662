//! Names of what is made. The servers do not check all of them: 4.9 makes groups of any name.

use crate::error::{Error, Result};

/// The longest name of a topic.
const TOPIC: usize = 127;
/// The longest name of a group.
const GROUP: usize = 120;

/// A name for a topic to make (`TopicValidator.validateTopic`, of both lines).
pub(crate) fn new_topic(name: &str) -> Result<()> {
    allowed("topic", name, TOPIC)
}

/// A name for a group to make (`TopicValidator.validateGroup` of 5.x; 4.9 makes what its retry topic can be named after).
pub(crate) fn new_group(name: &str) -> Result<()> {
    allowed("group", name, GROUP)
}

/// A name of something that may be there: servers take a blank one for whatever comes to their mind.
pub(crate) fn existing(what: &str, name: &str) -> Result<()> {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(Error::Invalid(format!("no name of a {what}: {name:?}")));
    }
    Ok(())
}

fn allowed(what: &str, name: &str, longest: usize) -> Result<()> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'%' | b'|' | b'-' | b'_');
    if name.is_empty() || name.len() > longest || !name.bytes().all(is_allowed) {
        return Err(Error::Invalid(format!(
            "no name for a {what}: {name:?} (1 to {longest} letters, digits and % | - _)"
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_servers_take() {
        for name in ["a", "%RETRY%billing", "A-b_C|1", &"x".repeat(127)] {
            assert_eq!(new_topic(name), Ok(()), "{name}");
        }
        let forbidden = (0..=0x7f_u8).map(char::from).filter(|c| !(c.is_ascii_alphanumeric() || "%|-_".contains(*c)));
        for character in forbidden.chain(['é', '東', '\u{202e}']) {
            let name = format!("a{character}b");
            assert!(new_topic(&name).is_err() && new_group(&name).is_err(), "{name:?}");
        }
        assert!(new_topic("").is_err() && new_topic(&"x".repeat(128)).is_err());
        assert!(new_group(&"x".repeat(120)).is_ok() && new_group(&"x".repeat(121)).is_err());
    }

    #[test]
    fn what_exists_may_have_any_name_but_none() {
        assert_eq!(existing("group", "made by 4.9 (ü)"), Ok(()));
        for name in ["", " ", "\t", "a\nb"] {
            assert!(existing("group", name).is_err(), "{name:?}");
        }
    }
}
