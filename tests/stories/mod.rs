mod reset_offset;
