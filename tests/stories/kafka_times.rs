//! ⚠ A time after the last record: the broker answers it with -1, which is no offset, and nobody but us sees to it.

use interlock::changes::Guard;
use story::kafka_house::{KafkaPlot, Place};
use story::lab::judge::Point;

/// 2024-11-20T08:00:00Z, the time of the first of ten records, a minute apart; half of them are read.
const FIRST: i64 = 1_732_089_600_000;
const LATER: &str = "2024-11-20T09:00:00Z";

/// Where a group stands after it was reset to a time after the last record.
async fn reset_to_later(plot: KafkaPlot) -> i64 {
    let house = plot.build().await;
    let place = Place::unique();
    house.topic(&place, &[10], FIRST).await;
    house.commits(&place, &[place.commit(0, 5)]).await;
    let answered = house.judge.offsets(&place.topic, Point::Time(FIRST + 3_600_000)).await.unwrap();
    assert_eq!(answered.iter().map(|one| one.offset).collect::<Vec<_>>(), [-1], "what Kafka itself makes of it");
    house.carried_out(&place.reset(LATER)).await;
    house.committed(&place).await[0].offset
}

/// Without the guard -1 is clamped into the log like any other number: everything that was read is read again.
#[tokio::test]
async fn a_time_after_the_last_record_leads_to_the_end_and_without_the_guard_to_the_start() {
    assert_eq!(reset_to_later(KafkaPlot::direct().await).await, 10);
    let mut plot = KafkaPlot::direct().await;
    plot.without(Guard::AfterLastRecord);
    assert_eq!(reset_to_later(plot).await, 0);
}
