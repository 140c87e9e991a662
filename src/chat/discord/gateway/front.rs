//! The thread on which the gateway is read and interactions are acknowledged. All other work runs elsewhere: a plan that is
//! computed or a card that is drawn must not keep an acknowledgement waiting.

use std::future::Future;
use std::io;
use tokio::sync::oneshot;
use tracing::dispatcher;

const NAME: &str = "gateway";

/// Runs this future on a thread of its own, with a runtime of its own; what it starts ends with it. Told when it has ended,
/// also by a panic.
pub(super) fn on_own_thread(
    work: impl Future<Output = ()> + Send + 'static,
) -> Result<oneshot::Receiver<()>, io::Error> {
    let (ended, end) = oneshot::channel::<()>();
    let (built, is_built) = std::sync::mpsc::sync_channel(1);
    let dispatch = dispatcher::get_default(Clone::clone);
    std::thread::Builder::new().name(NAME.to_owned()).spawn(move || {
        let _ended = ended;
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return drop(built.send(Err(error))),
        };
        drop(built.send(Ok(())));
        dispatcher::with_default(&dispatch, || runtime.block_on(work));
        runtime.shutdown_background();
    })?;
    is_built.recv().map_err(io::Error::other)??;
    Ok(end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test]
    async fn it_runs_while_this_thread_is_busy_and_its_end_is_told() {
        let (did, done) = std::sync::mpsc::channel();
        let end = on_own_thread(async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            did.send(std::thread::current().name().map(str::to_owned)).unwrap();
        });
        // Blocks the only thread of this runtime.
        assert_eq!(done.recv_timeout(Duration::from_secs(60)).unwrap().as_deref(), Some(NAME));
        assert!(end.unwrap().await.is_err(), "nothing is sent, it ends");
    }

    #[tokio::test]
    async fn a_panic_is_an_end() {
        let end = on_own_thread(async { panic!("on purpose") }).unwrap();
        assert!(end.await.is_err());
    }
}
