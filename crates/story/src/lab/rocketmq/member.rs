//! A consumer and producer that is connected to a broker, as the Java client would be: it sends its heartbeat and answers
//! what the broker asks it. It reads no messages.

use std::io::{self, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::json;

use super::raw::{self, Command};

/// GET_CONSUMER_RUNNING_INFO, asked of a client.
const RUNNING_INFO: i64 = 307;

/// A member of a group. It leaves when it is dropped.
#[derive(Debug)]
pub struct Member {
    stream: TcpStream,
    asked: Arc<Mutex<Vec<Command>>>,
}

impl Member {
    /// Joins a group that reads a topic, and a producers' group of the same name.
    ///
    /// # Errors
    /// Those of the network, and what the broker says.
    pub fn join(broker: &str, group: &str, topic: &str, client_id: &str, running_info: &str) -> io::Result<Self> {
        let subscription = json!({
            "topic": topic, "subString": "*", "subVersion": 1, "expressionType": "TAG", "classFilterMode": false,
            "tagsSet": [], "codeSet": [],
        });
        let consumer = json!({
            "groupName": group, "consumeType": "CONSUME_PASSIVELY", "messageModel": "CLUSTERING",
            "consumeFromWhere": "CONSUME_FROM_FIRST_OFFSET", "subscriptionDataSet": [subscription], "unitMode": false,
        });
        let beat = json!({
            "clientID": client_id, "consumerDataSet": [consumer], "producerDataSet": [{"groupName": group}],
        });
        let mut stream = raw::connect(broker)?;
        stream.write_all(&raw::request(raw::HEART_BEAT, 1, &[], beat.to_string().as_bytes()))?;
        let asked: Arc<Mutex<Vec<Command>>> = Arc::default();
        let answer = loop {
            // A broker may tell of the new member before it answers.
            let command = raw::read(&mut stream)?;
            if command.opaque == 1 && !command.fields.contains_key("consumerGroup") {
                break command;
            }
        };
        if answer.code != 0 {
            return Err(io::Error::other(answer.remark));
        }
        stream.set_read_timeout(None)?;
        let member = Self { stream: stream.try_clone()?, asked: asked.clone() };
        let running_info = running_info.to_owned();
        std::thread::spawn(move || listen(stream, &asked, &running_info));
        Ok(member)
    }

    /// The codes of what the broker asked of this member.
    #[must_use]
    pub fn asked(&self) -> Vec<i64> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        asked.iter().map(|command| command.code).collect()
    }
}

impl Drop for Member {
    fn drop(&mut self) {
        // A broker that has closed it already is fine.
        drop(self.stream.shutdown(Shutdown::Both));
    }
}

fn listen(mut stream: TcpStream, asked: &Mutex<Vec<Command>>, running_info: &str) {
    while let Ok(command) = raw::read(&mut stream) {
        let answer = (command.code == RUNNING_INFO).then(|| raw::answer(command.opaque, running_info.as_bytes()));
        // Before it is answered: who has the answer may look what was asked.
        asked.lock().unwrap_or_else(PoisonError::into_inner).push(command);
        if answer.is_some_and(|answer| stream.write_all(&answer).is_err()) {
            return;
        }
    }
}
