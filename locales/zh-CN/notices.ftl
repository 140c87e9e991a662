# 在操作的讨论串里，以及对负责人说的话。

notice-line = { $operation }：{ $told }
notice-started = 已开始；没有我时如何完成、停止或撤回，见 by-hand.md
notice-step-done = 第 { $step } 步已完成并读回确认
notice-queued-behind = 已批准；等待操作 { $operation }，它正在那里执行
notice-re-planned = 集群有变化，计划已重新制定；请对新计划投票
notice-rollback-posted = 撤回计划已发布，操作 { $operation }

owners-before = 其中有你负责的部分。现在开始：{ $what }
owners-after = 其中有你负责的部分。{ $state }：{ $what }
