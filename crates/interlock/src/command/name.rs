//! Names that look alike. A name is taken byte for byte or not at all; these functions only find what may have been meant.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How many names are offered.
const MOST_OFFERED: usize = 3;
/// No name of any kind is longer.
const LONGEST_COMPARED: usize = 300;

/// What a name looks like: compatibility forms and accents taken off, invisible characters left out, letters of other
/// scripts and digits as the ASCII letter they resemble, in lower case. Two names of one skeleton cannot be told apart on
/// a phone.
#[must_use]
pub fn skeleton(name: &str) -> String {
    let plain = name.chars().take(LONGEST_COMPARED).nfkd();
    let seen = plain.filter(|c| !is_combining_mark(*c) && !is_invisible(*c)).map(look);
    let text: String = seen.flat_map(char::to_lowercase).collect();
    text.trim().replace("rn", "m").replace("vv", "w")
}

/// Characters without a picture of their own: zero-width ones, marks of direction, tags, controls, variation selectors.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether this is a letter of another script that looks like an ASCII one.
#[must_use]
pub fn resembles_ascii(c: char) -> bool {
    !c.is_ascii() && look(c).is_ascii()
}

/// The ASCII character that `c` looks like; itself if there is none.
fn look(c: char) -> char {
    match c {
        '0' | 'О' | 'о' | 'Ο' | 'ο' | 'Օ' | 'օ' => 'o',
        '1' | 'I' | '|' | 'І' | 'Ӏ' | 'ӏ' | 'Ι' | 'ǀ' => 'l',
        'і' | 'ι' | 'ı' => 'i',
        'А' | 'а' | 'Α' | 'α' | 'ɑ' => 'a',
        'В' | 'Β' => 'b',
        'С' | 'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'Е' | 'е' | 'Ε' => 'e',
        'ɡ' => 'g',
        'Н' | 'Η' | 'һ' => 'h',
        'Ј' | 'ј' => 'j',
        'К' | 'к' | 'Κ' | 'κ' => 'k',
        'М' | 'Μ' | 'м' => 'm',
        'Ν' | 'ո' => 'n',
        'Р' | 'р' | 'Ρ' | 'ρ' => 'p',
        'ԛ' => 'q',
        'Ѕ' | 'ѕ' => 's',
        'Т' | 'Τ' | 'т' | 'τ' => 't',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'Ԝ' | 'ԝ' => 'w',
        'Х' | 'х' | 'Χ' | 'χ' => 'x',
        'У' | 'у' | 'Υ' | 'γ' => 'y',
        'Ζ' => 'z',
        '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
        other => other,
    }
}

/// The names that somebody who typed `given` may have meant, the likeliest first, at most three: those that look the
/// same, then those a few slips away. Offer only candidates that the person may see.
#[must_use]
pub fn did_you_mean<'n>(given: &str, candidates: impl IntoIterator<Item = &'n str>) -> Vec<String> {
    let wanted = skeleton(given);
    if wanted.is_empty() {
        return Vec::new();
    }
    let length = wanted.chars().count();
    let allowed = (length / 4).clamp(1, 3);
    let mut found: Vec<(usize, &str)> = candidates
        .into_iter()
        .filter(|candidate| *candidate != given)
        .filter_map(|candidate| {
            let looks = skeleton(candidate);
            if looks.chars().count().abs_diff(length) > allowed {
                return None;
            }
            let slips = strsim::osa_distance(&wanted, &looks);
            (slips <= allowed).then_some((slips, candidate))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().take(MOST_OFFERED).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_skeleton() {
        for (one, other) in [
            ("billing", "bi11ing"),
            ("billing", "bilIing"),
            ("orders", "0rders"),
            ("orders", "оrders"),
            ("orders", "ord\u{200B}ers"),
            ("orders", "orders "),
            ("orders", "\u{202E}orders"),
            ("orders", "ｏｒｄｅｒｓ"),
            ("café", "cafe\u{301}"),
            ("payments", "payrnents"),
            ("Orders", "orders"),
        ] {
            assert_eq!(skeleton(one), skeleton(other), "{one:?} {other:?}");
        }
        assert_ne!(skeleton("orders"), skeleton("order"));
        assert_ne!(skeleton("logs-1"), skeleton("logs-2"));
    }

    #[test]
    fn offers_what_is_near_and_the_nearest_first() {
        let names = ["orders", "orders-eu", "billing", "border", "audit"];
        let offered = |given: &str| did_you_mean(given, names);
        assert_eq!(offered("order"), ["border", "orders"]);
        assert_eq!(offered("0rders")[0], "orders");
        assert_eq!(offered("bililng"), ["billing"]);
        assert_eq!(offered("orders_eu"), ["orders-eu"]);
        assert!(offered("zzz").is_empty());
        assert!(offered("").is_empty());
        assert!(offered("\u{200B}").is_empty());
        assert!(offered("orders").iter().all(|name| name != "orders"), "never what was typed");
        assert!(offered(&"x".repeat(100_000)).is_empty());
    }
}
