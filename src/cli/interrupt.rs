//! Ctrl-C, and the signal of whoever ends a job: what was found so far is told, and no half file stays.

use tokio::sync::watch;

/// What is said when a run ends early.
pub(crate) const TOLD: &str = "interrupted; this is what was found so far";

/// Turns true when the user, or the system, wants the run to end. Must be called within a runtime.
pub(crate) fn watch() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        wait().await;
        let _ = sender.send(true);
        // Held open: a sender that is gone says nothing.
        sender.closed().await;
    });
    receiver
}

/// Resolves when a watch turned true; never, where nobody watches any more.
pub(crate) async fn stopped(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|stop| *stop).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Resolves at the first of the signals; never, where the system has none.
pub(crate) async fn wait() {
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => if pressed.is_err() { std::future::pending().await },
        () = terminated() => {}
    }
}

#[cfg(unix)]
async fn terminated() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut signals) => drop(signals.recv().await),
        Err(_) => std::future::pending().await,
    }
}

#[cfg(not(unix))]
async fn terminated() {
    std::future::pending().await
}
