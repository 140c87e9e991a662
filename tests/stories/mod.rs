mod kafka_reset;
mod reset_offset;
