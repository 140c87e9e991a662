mod crash;
mod reset_offset;
