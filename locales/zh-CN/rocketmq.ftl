# RocketMQ 的 topic 与消费组：创建、改变权限、删除。

what-topic-alter-rocketmq = 修改 topic { $topics } 的读写权限（{ $cluster }）
what-group-create = 创建消费组 { $groups }（{ $cluster }）
what-rollback-groups = 回滚 { $operation }：消费组 { $groups }（{ $cluster }）
size-masters = { $count } 个 master
step-rocketmq-set-topic = 在每个 master 上设置 topic
step-rocketmq-delete-topic = 在每个 master 和每个 NameServer 上删除 topic
step-rocketmq-make-group = 在每个 master 上创建消费组
step-rocketmq-delete-group = 在每个 master 上删除消费组
worst-perm-wrong = 读写 { $topics } 的人会收到错误
worst-group-not-needed = 多出一个没人需要的消费组
worst-group-taken-back = 正要使用 { $groups } 的人会发现它没了
worst-group-made-again = { $groups } 从原来的位置继续消费
topics-messages-go = 将删除：每个 master 上共 { $records } 条消息。
card-way-back-perm = 退路：现在的权限已保存，约 { $duration }可恢复
card-way-back-group = 退路：配置和位点已保存，约 { $duration }可重新创建
card-way-back-group-made = 退路：在没有人用它消费之前，可以再删除它

check-group-exists = 消费组 { $group } 已存在（{ $found }）
    .passed = 没有同名的消费组
    .next = 请换一个名字；可用 /group group:{ $group } 查看它。
check-group-was-used = 消费组 { $group } 已被使用：它在 { $count } 个队列中有位点
    .next = 请用 /group-delete 删除，它会保存位点。
check-group-has-clients = 消费组 { $group } 还有 { $count } 个客户端在线（{ $members }），它们会重新创建它
    .next = 请停止它们后再申请。
check-readers-cut-off = { $groups } 正在读 { $topic }，此后会收到错误
check-writers-cut-off = 最近 { $span }内有 { $count } 条消息写入 { $topic }：路由更新后，生产者会收到错误
check-broker-not-registered = NameServer { $number } 不知道 { $master }：查询它的客户端不会得知那里的变化
    .next = 请查看 /health，让该 broker 注册到它，然后再申请。

broken-topic-settings-changed = { $topic } 现为 { $found }，原为 { $expected }（读/写队列数与权限）
broken-group-exists = 消费组 { $group } 已存在（{ $found }）
broken-group-changed = 消费组 { $group } 在 { $master } 上的配置与计划不同
broken-route-left = { $topic } 已删除，但又有 NameServer 告诉客户端它的路由
wait-topic-gone-watched = { $topic } 已不在；我再看一次（第 { $streak } 次，共 { $wanted } 次）

# Kafka 上说分区，这里说队列。

check-target-clamped-rocketmq = { $count } 个队列的目标超出队列范围，已移到边界（例如 { $topic } { $partition }：{ $wanted } → { $used }）
check-time-before-log-start-rocketmq = { $count } 个队列中没有早于所要时间的消息，位点移到现存的第一条消息（例如 { $topic } { $partition }）
check-time-after-last-record-rocketmq = { $count } 个队列的消息都早于所要的时间，位点移到末尾（例如 { $topic } { $partition }）
check-no-commit-to-shift-rocketmq = { $count } 个队列没有位点，无法平移，保持不变（例如 { $topic } { $partition }）
check-partition-empty-rocketmq = { $count } 个队列是空的，消费组在那里从下一条消息开始（例如 { $topic } { $partition }）
check-too-many-partitions-rocketmq = { $count } 个队列超过了一次操作的上限（{ $most }）
    .next = 请逐个 topic 申请，或用 partitions 指定队列。
check-topic-exists-rocketmq = topic { $topic } 已存在，共有 { $partitions } 个队列
check-topic-not-empty-rocketmq = 创建以来已有 { $count } 条消息写入 { $topic }
check-topic-written-lately-rocketmq = 最近 { $span }内有 { $count } 条消息写入 { $topic }：仍有人在生产
check-unread-records-go-rocketmq = 将丢失 { $count } 条并非所有消费组都读过的消息（{ $groups }）
check-values-moved-on-rocketmq = 消费组在 { $count } 个队列里又前进了（例如 { $topic } { $partition }：{ $left } → { $found }）
broken-topic-written-rocketmq = 有人写入了 { $topic }：队列 { $partition } 末尾现为 { $found }，原为 { $expected }
mistake-no-commit-to-shift-rocketmq = 消费组 { $group } 在这些队列里没有可平移的位点
mistake-unknown-partition-rocketmq = topic { $topic } 在任何 master 上都没有队列 { $partition }；共有 { $partitions } 个队列，在每个 master 上从 0 数起
ended-records-safe-rocketmq = 消息没有变动，生产者照常写入：只有消费组从哪里读取还不确定。
moves-clamped-rocketmq = { $count } 个队列的目标（*）超出队列范围，已移到边界。
moves-first-rocketmq = { $count } 个队列目前没有位点。
moves-replayed-rocketmq = 将重复读取 { $count } 条消息。
moves-skipped-rocketmq = 将跳过 { $count } 条消息。
result-succeeded-rocketmq = 已完成并读回确认：{ $count } 个队列的位点与计划一致
result-succeeded-unseen-rocketmq = broker 已应答成功，但部分队列从未看到被重置：客户端可能已重新消费完，也可能根本没有被重置，两者看起来一样。请向负责人确认
worst-delete-loses-records-rocketmq = { $topics } 的 { $records } 条消息永远丢失
worst-reset-replays-rocketmq = { $groups } 最多重复处理 { $replayed } 条消息
worst-reset-replays-and-skips-rocketmq = { $groups } 最多重复处理 { $replayed } 条消息，并永远不会处理 { $skipped } 条
worst-reset-skips-rocketmq = { $groups } 永远不会处理 { $skipped } 条消息
table-queues = 队列数
