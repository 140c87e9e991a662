//! Applications on RocketMQ: consumers and producers of the line's own Java client, in one process.

use super::RocketMq;
use super::shell::Shell;
use crate::lab::JudgeError;

/// Begins a line of an answer.
const ANSWER: &str = "=\t";
/// Follows it where the client said no.
const FAILED: &str = "failed\t";
/// `SendResult` of a message that was taken.
const TAKEN: &str = "SEND_OK";

/// The process (`lab/rocketmq/ClientShell.java`). It ends when this is dropped, without a word to any broker.
#[derive(Debug)]
pub struct Applications(Shell);

/// A message that a consumer got.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Received {
    /// The broker it came from.
    pub broker: String,
    /// The queue.
    pub queue: u32,
    /// Its offset there.
    pub offset: i64,
    /// Its key.
    pub key: String,
}

/// A message that a producer sent, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    /// When it was about to be sent, in milliseconds since 1970.
    pub at: u64,
    /// Its key.
    pub key: String,
    /// The broker, queue and offset that it got, or what was said instead.
    pub place: Result<(String, u32, i64), String>,
}

impl RocketMq {
    /// Starts the process for applications that know one NameServer or several, separated by semicolons.
    ///
    /// # Errors
    /// When Java does not start.
    pub async fn applications(&self, names: &str) -> Result<Applications, JudgeError> {
        Ok(Applications(self.shell("ClientShell", &[names]).await?))
    }
}

impl Applications {
    /// A consumer of a group begins to read a topic, with all settings as they are by default.
    ///
    /// # Errors
    /// What the client says.
    pub async fn join(&mut self, group: &str, topic: &str) -> Result<(), JudgeError> {
        self.tell(&["join", group, topic]).await
    }

    /// The consumer of a group ends, after it told the brokers how far it is.
    ///
    /// # Errors
    /// What the client says.
    pub async fn leave(&mut self, group: &str) -> Result<(), JudgeError> {
        self.tell(&["leave", group]).await
    }

    /// Each thread of the group's consumers keeps the message that it gets next, until they are [released](Self::release).
    ///
    /// # Errors
    /// When the process does not answer.
    pub async fn hold(&mut self, group: &str) -> Result<(), JudgeError> {
        self.tell(&["hold", group]).await
    }

    /// The consumers of a group go on.
    ///
    /// # Errors
    /// When they were not held.
    pub async fn release(&mut self, group: &str) -> Result<(), JudgeError> {
        self.tell(&["release", group]).await
    }

    /// What the consumers of a group got, in order, before and after they left.
    ///
    /// # Errors
    /// When the process does not answer.
    pub async fn received(&mut self, group: &str) -> Result<Vec<Received>, JudgeError> {
        self.ask(&["received", group]).await?.iter().map(|line| received(line)).collect()
    }

    /// A producer gets the route of a topic with a first message that is not counted, and then sends one after the other until it
    /// ends.
    ///
    /// # Errors
    /// What the client says.
    pub async fn write(&mut self, topic: &str, group: &str) -> Result<(), JudgeError> {
        self.tell(&["write", topic, group]).await
    }

    /// The same by a producer that tries another queue where a send failed, as clients do by default.
    ///
    /// # Errors
    /// What the client says.
    pub async fn write_retrying(&mut self, topic: &str, group: &str) -> Result<(), JudgeError> {
        self.tell(&["write-retrying", topic, group]).await
    }

    /// What the producer of this group sent, in order.
    ///
    /// # Errors
    /// When the process does not answer.
    pub async fn written(&mut self, group: &str) -> Result<Vec<Sent>, JudgeError> {
        self.ask(&["written", group]).await?.iter().map(|line| sent(line)).collect()
    }

    /// The producer of this group ends after its last message was answered.
    ///
    /// # Errors
    /// What the client says.
    pub async fn end(&mut self, group: &str) -> Result<(), JudgeError> {
        self.tell(&["end", group]).await
    }

    async fn tell(&mut self, words: &[&str]) -> Result<(), JudgeError> {
        self.ask(words).await.map(drop)
    }

    async fn ask(&mut self, words: &[&str]) -> Result<Vec<String>, JudgeError> {
        let words: Vec<String> = words.iter().map(|&word| word.to_owned()).collect();
        let (printed, _) = self.0.call(&words).await?;
        let answers: Vec<&str> = printed.lines().filter_map(|line| line.strip_prefix(ANSWER)).collect();
        match answers.iter().find_map(|line| line.strip_prefix(FAILED)) {
            Some(why) => Err(JudgeError::Process(format!("{}: {why}", words.join(" ")))),
            None => Ok(answers.into_iter().map(str::to_owned).collect()),
        }
    }
}

fn received(line: &str) -> Result<Received, JudgeError> {
    let words: Vec<&str> = line.split('\t').collect();
    let [broker, queue, offset, key] = words[..] else { return Err(garbled(line)) };
    let (queue, offset) = number(queue).zip(number(offset)).ok_or_else(|| garbled(line))?;
    Ok(Received { broker: broker.to_owned(), queue, offset, key: key.to_owned() })
}

fn sent(line: &str) -> Result<Sent, JudgeError> {
    let words: Vec<&str> = line.split('\t').collect();
    let (at, key, place) = match words[..] {
        [at, key, TAKEN, broker, queue, offset] => {
            let (queue, offset) = number(queue).zip(number(offset)).ok_or_else(|| garbled(line))?;
            (at, key, Ok((broker.to_owned(), queue, offset)))
        }
        [at, key, ref said @ ..] => (at, key, Err(said.join(" "))),
        _ => return Err(garbled(line)),
    };
    Ok(Sent { at: number(at).ok_or_else(|| garbled(line))?, key: key.to_owned(), place })
}

fn number<T: std::str::FromStr>(word: &str) -> Option<T> {
    word.parse().ok()
}

fn garbled(line: &str) -> JudgeError {
    JudgeError::Protocol(format!("no answer of an application: {line}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_applications_tell_is_read() {
        let taken = sent("17\tw1\tSEND_OK\tbroker-a\t3\t9").unwrap();
        assert_eq!((taken.at, taken.place), (17, Ok(("broker-a".to_owned(), 3, 9))));
        let refused = sent("18\tw2\tMQBrokerException: CODE: 29").unwrap();
        assert_eq!((refused.key.as_str(), refused.place), ("w2", Err("MQBrokerException: CODE: 29".to_owned())));
        let late = sent("18\tw3\tFLUSH_DISK_TIMEOUT\tbroker-a\t3\t9").unwrap();
        assert_eq!(late.place, Err("FLUSH_DISK_TIMEOUT broker-a 3 9".to_owned()));
        let got = received("broker-b\t7\t12\tk-1").unwrap();
        assert_eq!((got.broker.as_str(), got.queue, got.offset, got.key.as_str()), ("broker-b", 7, 12, "k-1"));
        assert!(received("broker-b\tx\t12\tk-1").is_err() && sent("17").is_err());
    }
}
