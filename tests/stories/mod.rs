mod controls;
mod crash;
mod kafka_interference;
mod kafka_journal;
mod kafka_members;
mod kafka_reset;
mod looks;
mod reset_offset;
