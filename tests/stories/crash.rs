//! The bot is killed, stopped and interfered with while it works. What must come of it is always the same: the end that
//! was approved or an honest other one, nothing done twice, nothing told twice, nothing left held.

mod controls;
mod interference;
mod process;
mod sweep;

pub(super) use process::database;
