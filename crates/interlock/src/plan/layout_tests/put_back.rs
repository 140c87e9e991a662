//! What was set and has to go again.

use super::*;
use std::collections::BTreeSet;

#[test]
fn what_is_still_set_is_what_does_not_stand_as_it_is_to() {
    let rate = set(ConfigOn::Broker(1), Some("5"), None);
    let (broker, orders) = (ConfigOn::Broker(1), ConfigOn::Topic(topic()));
    let with = |rate, list| World { rate, list, ..World::on(&[3, 2, 1]) }.sections();
    assert_eq!(still_set(&rate, &with(Some("5"), None)), BTreeSet::from([broker.clone()]));
    assert_eq!(still_set(&rate, &with(None, None)), BTreeSet::new());
    assert_eq!(still_set(&take(&["0:4"], false), &with(None, Some("0:4,7:7"))), BTreeSet::from([orders.clone()]));
    assert_eq!(still_set(&take(&["0:4"], false), &with(None, Some("7:7"))), BTreeSet::new());
    // What cannot be seen is not put back.
    assert_eq!(still_set(&rate, &Sections::empty()), BTreeSet::from([broker]));
    assert_eq!(put_back_on(&take(&["0:4"], false)), BTreeSet::from([orders]));
    assert_eq!(put_back_on(&elect()), BTreeSet::new());
}

#[test]
fn only_what_is_asked_for_is_put_back() {
    let rate = set(ConfigOn::Broker(1), Some("5"), None);
    let (ours, others) = (BTreeSet::from([ConfigOn::Broker(1)]), BTreeSet::from([ConfigOn::Topic(topic())]));
    assert_eq!(put_back_only(&rate, &ours), Some(rate.clone()));
    assert_eq!(put_back_only(&rate, &others), None);
    assert_eq!(put_back_only(&take(&["0:4"], true), &others), Some(take(&["0:4"], true)));
    assert_eq!(put_back_only(&take(&["0:4"], true), &ours), None);
    assert_eq!(put_back_only(&elect(), &others), None);
}
