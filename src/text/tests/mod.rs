mod fixture;
mod hostile;
mod ids;
mod keys;
mod rules;
mod seen;
mod snapshots;
