//! The pure middle of Signalbox: commands, policy, cluster model, changes, plans, approval
