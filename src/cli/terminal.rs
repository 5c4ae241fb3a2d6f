//! What the terminal is like: its width. Colour follows `colored`, which knows `NO_COLOR`, `CLICOLOR` and pipes.

/// Columns to fill; 100 where there is no terminal.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size().map_or(100, |(width, _)| usize::from(width.0)).clamp(40, 120)
}
