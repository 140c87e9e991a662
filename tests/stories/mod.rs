mod crash;
mod kafka_broken;
mod kafka_interference;
mod kafka_journal;
mod kafka_members;
mod kafka_reset;
mod kafka_rights;
mod reset_offset;
