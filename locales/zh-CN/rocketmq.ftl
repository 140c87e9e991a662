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
