//! The gateway over a plain WebSocket.

use std::time::Duration;

use discord_model::gateway::{Release, intents};
use discord_model::{Discord, Options, Trouble};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message as Frame;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::support::{Rest, SOON, discord};

const ORDINARY: u64 = intents::GUILDS | intents::GUILD_MESSAGES | intents::GUILD_MESSAGE_REACTIONS;

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    /// Connects where REST says, and hears the hello.
    async fn open(discord: &Discord) -> Self {
        let (_, gateway) = Rest::new(discord).get("/gateway").await;
        let url = format!("{}?v=10", gateway["url"].as_str().unwrap());
        let (stream, _) = connect_async(url).await.unwrap();
        let mut socket = Self(stream);
        assert_eq!(socket.hears().await["op"], 10);
        socket
    }

    async fn says(&mut self, frame: Value) {
        self.0.send(Frame::text(frame.to_string())).await.unwrap();
    }

    async fn hears(&mut self) -> Value {
        match tokio::time::timeout(SOON, self.0.next()).await.unwrap() {
            Some(Ok(Frame::Text(text))) => serde_json::from_str(&text).unwrap(),
            Some(Ok(Frame::Close(frame))) => json!({"closed": frame.map(|f| u16::from(f.code))}),
            Some(Err(_)) | None => json!({"closed": null}),
            Some(Ok(other)) => json!({"unexpected": other.to_string()}),
        }
    }

    /// The next dispatch's name and data.
    async fn event(&mut self) -> (String, Value) {
        let frame = self.hears().await;
        (frame["t"].as_str().unwrap_or("no event").to_owned(), frame["d"].clone())
    }

    async fn identify(&mut self, discord: &Discord, intents: u64) {
        let properties = json!({"os": "linux", "browser": "test", "device": "test"});
        let d = json!({"token": discord.bot_token(), "intents": intents, "properties": properties});
        self.says(json!({"op": 2, "d": d})).await;
    }

    /// Opens, identifies and is ready: the socket and its session's id.
    async fn ready(discord: &Discord, intents: u64) -> (Self, String) {
        let mut socket = Self::open(discord).await;
        socket.identify(discord, intents).await;
        let (name, ready) = socket.event().await;
        assert_eq!(name, "READY");
        assert_eq!(socket.event().await.0, "GUILD_CREATE");
        (socket, ready["session_id"].as_str().unwrap().to_owned())
    }

    async fn resume(discord: &Discord, session: &str, seq: u64) -> Self {
        let mut socket = Self::open(discord).await;
        let d = json!({"token": discord.bot_token(), "session_id": session, "seq": seq});
        socket.says(json!({"op": 6, "d": d})).await;
        socket
    }
}

#[tokio::test]
async fn events_follow_the_intents() {
    let discord = discord().await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    let (mut all, _) = Socket::ready(&discord, ORDINARY).await;
    let (mut few, _) = Socket::ready(&discord, intents::GUILDS).await;
    let message = alice.says(&ops, "secret").await;
    alice.reacts(&message, "✅").await;
    ops.renames("ops-2");
    let (name, data) = all.event().await;
    assert_eq!((name.as_str(), &data["content"]), ("MESSAGE_CREATE", &json!("")));
    let (name, data) = all.event().await;
    assert_eq!((name.as_str(), &data["emoji"]["name"]), ("MESSAGE_REACTION_ADD", &json!("✅")));
    assert_eq!(data["member"]["user"]["username"], "alice");
    assert_eq!(all.event().await.0, "CHANNEL_UPDATE");
    assert_eq!(few.event().await.0, "CHANNEL_UPDATE");
}

#[tokio::test]
async fn heartbeats_are_acknowledged_and_missing_ones_end_the_connection() {
    let options = Options { heartbeat: Duration::from_secs(2), ..Options::default() };
    let discord = Discord::start(options).await.unwrap();
    let (mut socket, _) = Socket::ready(&discord, ORDINARY).await;
    socket.says(json!({"op": 1, "d": 2})).await;
    assert_eq!(socket.hears().await, json!({"op": 11}));
    assert_eq!(socket.hears().await, json!({"closed": 4009}));
    assert_eq!(discord.take_troubles(), [Trouble::Gateway { what: "no heartbeat in time".to_owned() }]);
    assert_eq!(discord.gateway().sessions()[0].heartbeats, 1);
}

#[tokio::test]
async fn a_cut_session_is_resumed_with_what_it_missed() {
    let discord = discord().await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    let (mut socket, session) = Socket::ready(&discord, ORDINARY).await;
    discord.gateway().cuts();
    assert_eq!(socket.hears().await, json!({"closed": null}));
    discord.gateway().is(|s| !s[0].connected, SOON).await;
    alice.says(&ops, "1").await;
    alice.says(&ops, "2").await;
    let mut socket = Socket::resume(&discord, &session, 2).await;
    let frames = [socket.hears().await, socket.hears().await, socket.hears().await];
    assert_eq!(frames.each_ref().map(|f| f["s"].as_u64().unwrap()), [3, 4, 5]);
    assert_eq!(frames[2]["t"], "RESUMED");
    assert_eq!(discord.gateway().identifies(), 1);
    assert_eq!(discord.gateway().sessions()[0].resumes, 1);

    let mut stranger = Socket::resume(&discord, "nobody", 1).await;
    assert_eq!(stranger.hears().await, json!({"op": 9, "d": false}));
    let mut ahead = Socket::resume(&discord, &session, 99).await;
    assert_eq!(ahead.hears().await, json!({"closed": 4007}));
    discord.assert_clean();
}

#[tokio::test]
async fn a_session_that_its_client_closes_is_over() {
    let discord = discord().await;
    let (mut socket, session) = Socket::ready(&discord, ORDINARY).await;
    socket.0.close(None).await.unwrap();
    let close = tokio_tungstenite::tungstenite::protocol::CloseFrame { code: 1000.into(), reason: "".into() };
    let (mut socket, second) = Socket::ready(&discord, ORDINARY).await;
    socket.0.close(Some(close)).await.unwrap();
    discord.gateway().is(|sessions| sessions.iter().all(|s| s.id != second), SOON).await;
    assert!(discord.gateway().sessions().iter().any(|s| s.id == session));
}

#[tokio::test]
async fn clients_that_break_the_protocol_are_closed() {
    let discord = discord().await;
    let heard = async |frame: Value| {
        let mut socket = Socket::open(&discord).await;
        socket.says(frame).await;
        socket.hears().await
    };
    let identify = |token: String, intents: u64| json!({"op": 2, "d": {"token": token, "intents": intents}});
    let token = discord.bot_token();
    assert_eq!(heard(identify("x".to_owned(), ORDINARY)).await, json!({"closed": 4004}));
    assert_eq!(heard(identify(token.clone(), ORDINARY | intents::MESSAGE_CONTENT)).await, json!({"closed": 4014}));
    assert_eq!(heard(identify(token.clone(), 1 << 40)).await, json!({"closed": 4013}));
    assert_eq!(heard(json!({"op": 3, "d": {}})).await, json!({"closed": 4003}));
    assert_eq!(heard(json!({"op": 77, "d": {}})).await, json!({"closed": 4001}));
    assert_eq!(heard(json!({"op": 3, "d": "x".repeat(5_000)})).await, json!({"closed": 4002}));
    assert_eq!(discord.take_troubles().len(), 6);
}

#[tokio::test]
async fn one_identify_too_many_resets_the_token() {
    let options = Options { identifies: 1, ..Options::default() };
    let discord = Discord::start(options).await.unwrap();
    let rest = Rest::new(&discord);
    let (mut first, _) = Socket::ready(&discord, ORDINARY).await;
    let (_, told) = rest.get("/gateway/bot").await;
    assert_eq!(
        (&told["session_start_limit"]["remaining"], &told["session_start_limit"]["total"]),
        (&json!(0), &json!(1))
    );
    let mut second = Socket::open(&discord).await;
    second.identify(&discord, ORDINARY).await;
    assert_eq!(second.hears().await, json!({"closed": 4004}));
    assert_eq!(first.hears().await, json!({"closed": 4004}));
    assert_eq!(rest.get("/users/@me").await.0, 401);
    assert_eq!(discord.take_troubles().len(), 1);
}

#[tokio::test]
async fn held_events_can_come_reversed_twice_or_never() {
    let discord = discord().await;
    let (ops, alice) = (discord.channel("ops"), discord.user("alice"));
    let (mut socket, _) = Socket::ready(&discord, ORDINARY).await;
    let message = alice.says(&ops, "card").await;
    assert_eq!(socket.event().await.0, "MESSAGE_CREATE");
    let gateway = discord.gateway();
    let vote = async || {
        gateway.holds_events();
        alice.reacts(&message, "✅").await;
        alice.unreacts(&message, "✅").await;
    };
    vote().await;
    gateway.releases(Release::Reversed);
    assert_eq!(socket.event().await.0, "MESSAGE_REACTION_REMOVE");
    assert_eq!(socket.event().await.0, "MESSAGE_REACTION_ADD");
    vote().await;
    gateway.releases(Release::Never);
    vote().await;
    gateway.releases(Release::Twice);
    let mut kinds = Vec::new();
    for _ in 0..4 {
        kinds.push(socket.event().await.0);
    }
    assert_eq!(kinds[0], kinds[1]);
    assert_eq!(kinds[2], "MESSAGE_REACTION_REMOVE");
    gateway.repeats_last_event();
    assert_eq!(socket.event().await.0, "MESSAGE_REACTION_REMOVE");
    gateway.dispatches("MESSAGE_REACTION_ADD", json!({"emoji": 7}));
    assert_eq!(socket.event().await, ("MESSAGE_REACTION_ADD".to_owned(), json!({"emoji": 7})));
}

#[tokio::test]
async fn the_gateway_can_ask_close_fall_silent_and_go_down() {
    let discord = discord().await;
    let gateway = discord.gateway();
    let (mut socket, session) = Socket::ready(&discord, ORDINARY).await;
    gateway.asks_to_reconnect();
    assert_eq!(socket.hears().await["op"], 7);
    gateway.falls_silent();
    discord.user("alice").says(&discord.channel("ops"), "unheard").await;
    socket.says(json!({"op": 1, "d": 2})).await;
    let heard = tokio::time::timeout(Duration::from_millis(200), socket.0.next()).await;
    assert!(heard.is_err(), "{heard:?}");
    let mut again = Socket::resume(&discord, &session, 2).await;
    assert_eq!(again.event().await.0, "CHANNEL_CREATE");
    assert_eq!(again.event().await.0, "MESSAGE_CREATE");
    assert_eq!(again.event().await.0, "RESUMED");
    gateway.closes(4000);
    assert_eq!(again.hears().await, json!({"closed": 4000}));
    gateway.goes_down();
    let url = format!("{}/ws", discord.base_url().replacen("http", "ws", 1));
    assert!(connect_async(&url).await.is_err());
    gateway.comes_back();
    let mut third = Socket::resume(&discord, &session, 5).await;
    assert_eq!(third.event().await.0, "RESUMED");
    gateway.invalidates_sessions(false);
    assert_eq!(third.hears().await, json!({"op": 9, "d": false}));
    assert_eq!(gateway.sessions(), []);
}
