//! A typed admin client for Kafka
