//! What our principal may do, as the broker's authorizer knows it.

use interlock::cluster::kafka::{Right, Rights};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The rights on all things of one kind, and the exceptions by name.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Granted {
    all: BTreeSet<Right>,
    by_name: BTreeMap<String, BTreeSet<Right>>,
}

impl Granted {
    fn all(rights: &[Right]) -> Self {
        Self { all: rights.iter().copied().collect(), by_name: BTreeMap::new() }
    }

    pub(crate) fn of(&self, name: &str) -> &BTreeSet<Right> {
        self.by_name.get(name).unwrap_or(&self.all)
    }

    pub(crate) fn allows(&self, name: &str, right: Right) -> bool {
        self.of(name).contains(&right)
    }

    pub(crate) fn grant(&mut self, name: &str, right: Right) {
        let mut rights = self.of(name).clone();
        rights.insert(right);
        self.by_name.insert(name.to_owned(), rights);
    }

    pub(crate) fn revoke(&mut self, name: &str, right: Right) {
        let mut rights = self.of(name).clone();
        rights.remove(&right);
        self.by_name.insert(name.to_owned(), rights);
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Access {
    /// Whether the broker tells authorized operations at all (KIP-430).
    pub(crate) tells: bool,
    pub(crate) cluster: BTreeSet<Right>,
    pub(crate) topics: Granted,
    pub(crate) groups: Granted,
}

impl Access {
    pub(crate) fn everything() -> Self {
        use Right::{
            Alter, AlterConfigs, ClusterAction, Create, Delete, Describe, DescribeConfigs, IdempotentWrite, Read, Write,
        };
        Self {
            tells: true,
            cluster: [Create, Alter, Describe, ClusterAction, DescribeConfigs, AlterConfigs, IdempotentWrite].into(),
            topics: Granted::all(&[Read, Write, Create, Delete, Alter, Describe, DescribeConfigs, AlterConfigs]),
            groups: Granted::all(&[Read, Delete, Describe]),
        }
    }

    /// Rights as an answer shows them.
    pub(crate) fn told(&self, rights: &BTreeSet<Right>) -> Rights {
        self.tells.then(|| rights.clone())
    }
}
