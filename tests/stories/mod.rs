mod kafka_members;
mod kafka_reset;
mod reset_offset;
