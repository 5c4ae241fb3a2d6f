//! The async runtime of the commands that use the network.

use std::future::Future;

use super::output::Trouble;

/// Runs a future to its end on all cores.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> Result<T, Trouble> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Trouble::new(format!("cannot start: {error}")))?;
    let result = runtime.block_on(future);
    // A blocking call that is still under way must not hold up the exit.
    runtime.shutdown_background();
    Ok(result)
}
