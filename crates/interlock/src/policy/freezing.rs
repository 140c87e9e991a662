//! Who may freeze, and who may lift a freeze.

use super::Of;
use super::role::Role;
use super::rules::{Denied, Policy};
use super::sight::Names;
use crate::cluster::Tier;
use crate::freeze::FreezeOn;
use crate::principal::Principal;

impl Policy {
    /// Whether somebody may freeze this: an operator or an approver of all of it, for it stops everybody there.
    ///
    /// # Errors
    /// `no-role`.
    pub fn may_freeze(&self, who: &Principal, on: &FreezeOn) -> Result<(), Denied> {
        let may = [Role::Operator, Role::Approver].into_iter().any(|role| self.has_all_of(who, role, on));
        if may { Ok(()) } else { Err(Denied::without(Role::Operator)) }
    }

    /// Whether somebody may lift a freeze of this: an approver of all of it, for it permits changes.
    ///
    /// # Errors
    /// `no-role`.
    pub fn may_unfreeze(&self, who: &Principal, on: &FreezeOn) -> Result<(), Denied> {
        if self.has_all_of(who, Role::Approver, on) { Ok(()) } else { Err(Denied::without(Role::Approver)) }
    }

    fn has_all_of(&self, who: &Principal, role: Role, on: &FreezeOn) -> bool {
        match on {
            FreezeOn::Cluster(cluster) => self.has_whole(who, role, cluster),
            FreezeOn::Tier(tier) => self.has_whole_tier(who, role, *tier),
        }
    }

    /// Whether one grant gives a role for a whole tier, whatever clusters it has or gets: so nobody learns from the answer
    /// what clusters there are.
    fn has_whole_tier(&self, who: &Principal, role: Role, tier: Tier) -> bool {
        self.grants.of(who).any(|grant| {
            let reach = &grant.reach;
            let tiers = match &reach.tiers {
                Of::All => true,
                Of::These(tiers) => tiers.contains(&tier),
            };
            let everything = reach.clusters == Of::All && reach.domains == Of::All && reach.names == Names::All;
            grant.role.implies(role) && tiers && everything
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::{Cluster, ClusterKind, Mode};
    use crate::policy::{Grant, Grantee, Grants, Pattern, Reach};
    use crate::principal::Account;

    const LAB: &str = "lab";

    fn who() -> Principal {
        Principal { account: Account::System(1), person: "ann".parse().unwrap(), chat_roles: [].into() }
    }

    fn policy(role: Role, reach: Reach) -> Policy {
        let mut policy = Policy::default();
        let name = LAB.parse().unwrap();
        let (kind, tier, domain) = (ClusterKind::Kafka, Tier::Production, "payments".to_owned());
        policy.clusters.insert(LAB.parse().unwrap(), Cluster { name, kind, tier, domain, mode: Mode::Change });
        let to = [Grantee::Person("ann".parse().unwrap())].into();
        policy.grants = Grants(vec![Grant { role, to, reach }]);
        policy
    }

    /// Whether somebody with this grant may freeze and lift on the cluster, and on its tier.
    fn may(role: Role, reach: &Reach) -> [bool; 4] {
        let policy = policy(role, reach.clone());
        let (cluster, tier) = (FreezeOn::Cluster(LAB.parse().unwrap()), FreezeOn::Tier(Tier::Production));
        [
            policy.may_freeze(&who(), &cluster).is_ok(),
            policy.may_unfreeze(&who(), &cluster).is_ok(),
            policy.may_freeze(&who(), &tier).is_ok(),
            policy.may_unfreeze(&who(), &tier).is_ok(),
        ]
    }

    #[test]
    fn operators_and_approvers_freeze_and_approvers_lift() {
        let everywhere = Reach::everywhere();
        assert_eq!(may(Role::Operator, &everywhere), [true, false, true, false]);
        assert_eq!(may(Role::OnCall, &everywhere), [true, false, true, false]);
        assert_eq!(may(Role::Approver, &everywhere), [true, true, true, true]);
        for role in [Role::Viewer, Role::Auditor, Role::Admin] {
            assert_eq!(may(role, &everywhere), [false; 4], "{role}");
        }
        let nobody = Policy { grants: Grants::default(), ..policy(Role::Approver, everywhere) };
        assert!(nobody.may_freeze(&who(), &FreezeOn::Tier(Tier::Production)).is_err());
        let unknown = policy(Role::Approver, Reach::everywhere());
        assert!(unknown.may_freeze(&who(), &FreezeOn::Cluster("none".parse().unwrap())).is_err(), "no such cluster");
    }

    #[test]
    fn whoever_has_a_part_of_it_freezes_no_more_than_that() {
        let everywhere = Reach::everywhere;
        let of_it = Reach { clusters: Of::These([LAB.parse().unwrap()].into()), ..everywhere() };
        assert_eq!(may(Role::Approver, &of_it), [true, true, false, false], "the one cluster of the tier");
        let domain = Reach { domains: Of::These(["payments".to_owned()].into()), ..everywhere() };
        assert_eq!(may(Role::Approver, &domain), [true, true, false, false]);
        let names = Reach { names: Names::Matching(vec![Pattern::new("orders.*").unwrap()]), ..everywhere() };
        assert_eq!(may(Role::Approver, &names), [false; 4], "others have topics there");
        let tier = |tier| Reach { tiers: Of::These([tier].into()), ..everywhere() };
        assert_eq!(may(Role::Approver, &tier(Tier::Production)), [true; 4]);
        assert_eq!(may(Role::Approver, &tier(Tier::Staging)), [false; 4]);
    }
}
