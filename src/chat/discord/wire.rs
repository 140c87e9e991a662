//! Against the model of Discord.
