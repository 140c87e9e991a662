//! What everybody may read of an answer who reads the place: no addresses of clients.

use super::{Cell, GroupLook, MemberLine, Report, Sheet};
use core::net::{Ipv4Addr, Ipv6Addr};

/// The head of the column of hosts.
const HOST: &str = "host";

impl GroupLook {
    /// The same without where its members come from.
    pub(super) fn for_everybody(&self) -> Self {
        let member = |member: &MemberLine| MemberLine {
            client_id: if tells_an_address(&member.client_id) { String::new() } else { member.client_id.clone() },
            instance_id: member.instance_id.as_ref().map(|_| String::new()),
            host: String::new(),
            ..member.clone()
        };
        Self { members: self.members.iter().map(member).collect(), ..self.clone() }
    }
}

impl Report {
    /// The same without the hosts of clients.
    pub(super) fn for_everybody(&self) -> Self {
        Self { tables: self.tables.iter().map(without_hosts).collect(), ..self.clone() }
    }
}

fn without_hosts(table: &Sheet) -> Sheet {
    let Some(hosts) = table.head.iter().position(|head| head == HOST) else { return table.clone() };
    let kept = |place: &usize| *place != hosts;
    let row = |row: &Vec<Cell>| (0..row.len()).filter(kept).map(|place| told(&row[place])).collect();
    Sheet {
        name: table.name.clone(),
        head: (0..table.head.len()).filter(kept).map(|place| table.head[place].clone()).collect(),
        rows: table.rows.iter().map(row).collect(),
    }
}

fn told(cell: &Cell) -> Cell {
    match cell {
        Cell::Name(name) if tells_an_address(name) => Cell::Nothing,
        other => other.clone(),
    }
}

/// Whether there is an address in a name, whatever stands around it: `10.0.9.1@4711#2`.
fn tells_an_address(name: &str) -> bool {
    let words = |is_of: fn(char) -> bool| name.split(move |character| !is_of(character));
    let is_v4 = |word: &str| word.trim_matches('.').parse::<Ipv4Addr>().is_ok();
    let is_v6 = |word: &str| word.parse::<Ipv6Addr>().is_ok();
    words(|character| character.is_ascii_digit() || character == '.').any(is_v4)
        || words(|character| character.is_ascii_hexdigit() || character == ':').any(is_v6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_wherever_it_stands_in_a_name() {
        for name in [
            "10.0.9.1@4711",
            "consumer-10.0.9.1-1",
            "/10.0.9.1:5000",
            "fe80::1",
            "x fe80::1%eth0",
            "10.0.9.1.",
            "node10.0.9.1",
        ] {
            assert!(tells_an_address(name), "{name}");
        }
        for name in ["", "billing-1", "consumer-billing-4", "1.2.3", "a:b", "v1.10.0", "cafe", "1.2.3.4.5"] {
            assert!(!tells_an_address(name), "{name}");
        }
    }

    #[test]
    fn a_table_of_clients_loses_its_hosts_and_what_tells_them() {
        let row = |client: &str| vec![Cell::name(client), Cell::name("/10.0.9.1"), Cell::Number(3)];
        let table = Sheet::new("clients", &["client", "host", "partitions"]).rows([row("billing"), row("10.0.9.1@7")]);
        let told = without_hosts(&table);
        assert_eq!(told.head, ["client", "partitions"]);
        assert_eq!(told.rows, [[Cell::name("billing"), Cell::Number(3)], [Cell::Nothing, Cell::Number(3)]]);
        let brokers = Sheet::new("brokers", &["address"]).rows([vec![Cell::name("10.0.0.1:10911")]]);
        assert_eq!(without_hosts(&brokers), brokers, "where the cluster itself is reached is no client's");
    }
}
