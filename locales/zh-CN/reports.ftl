# 查看的结果，以发现的形式。

look-broker-dead = broker { $broker } 不在线
look-broker-headline = { $cluster } 的 broker { $broker }
look-broker-is-controller = 它是当前的 controller
look-broker-kept-hours = 消息保留 { $hours } 小时
look-broker-replicas = 副本 { $count } 个，其中由它做 leader 的 { $leaders } 个
look-broker-settings = 运行时修改过的配置 { $count } 项
look-broker-started = 启动于 { $at }
look-broker-topics = topic { $count } 个
look-brokers = broker：{ $brokers }
look-brokers-alive = 在线；机架 { $rack }
look-clients = { $count ->
    [0] 没有客户端连接
   *[other] 已连接客户端 { $count } 个
}
look-clients-of-topic = { $groups-count ->
    [0] 没有消费组在读。broker 不提供生产者写哪些 topic，所以这里没有生产者
   *[other] 在读的消费组：{ $groups }。broker 不提供生产者写哪些 topic，所以这里没有生产者
}
look-clients-unversioned = Kafka 的 broker 不提供成员的版本
look-closed-queues-hold = 已关闭写入的 { $queues } 个队列里还有 { $count } 条消息
look-consume-off = 在 { $brokers } 上不允许消费
look-copies-differ = { $broker } 的 slave { $process } 的配置与 master 不同：{ $topics }。它每 10 秒（4.9）或 60 秒（5.x）从 master 同步一次；一直不同，说明有人直接改了 slave，或 slave 连不上 master
look-copies-differ-unseen = + { $broker } 的 slave { $process } 另有 { $count } 个配置不同的 topic 不在你的可见范围
look-copies-not-seen = 无法读取 slave 上的 topic 配置：{ $failure }
look-copy-differs = { $broker } 的 slave { $process } 是 { $found }，master 是 { $expected }。它每 10 秒（4.9）或 60 秒（5.x）从 master 同步一次；一直不同，说明有人直接改了 slave，或 slave 连不上 master
look-copy-missing = { $broker } 的 slave { $process } 上没有它。slave 每 10 秒（4.9）或 60 秒（5.x）从 master 同步一次
look-dead-letters = 放弃了 { $count } 条消息，它们在 %DLQ% 里
look-frozen-cluster = { $cluster } 冻结至 { $until }，{ $by } 设置（{ $freeze }）：{ $reason }
look-frozen-tier = { $tier }的全部集群冻结至 { $until }，{ $by } 设置（{ $freeze }）：{ $reason }
look-disk-filling = { $broker }（进程 { $process }）的磁盘已用 { $percent }%：超过 75% 到期的消息随时会被删除，超过 85% 最早的消息会被提前删除
look-disk-full = { $broker }（进程 { $process }）的磁盘已用 { $percent }%：超过 90% 不再接收消息
look-group-at = 有配置的 broker：{ $brokers }
look-group-broadcasts = 广播消费：位点在客户端，不在 broker
look-group-headline = { $cluster } 的消费组 { $group }
look-group-offline = 没有客户端连接
look-group-online = 已连接客户端 { $count } 个
look-group-only-offsets = 在任何 broker 上都没有配置，只有位点或客户端
look-group-system = RocketMQ 自己的消费组
look-groups-left-out = + 另有 { $count } 个消费组没有查看
look-hot-headline = { $cluster } 上最忙的 topic
look-hot-window = 统计时长 { $window }
look-lag-headline = { $cluster } 的消费组 { $group } 在 { $topic } 上积压 { $lag } 条
look-master-silent = { $broker } 的 master 没有应答：{ $failure }
look-masters-not-seen = 这里缺少 { $brokers } 的内容：它的 master 没有应答或不存在
look-name-server-silent = NameServer { $address } 没有应答：{ $failure }
look-name-servers = 有应答的 NameServer：{ $all } 个中的 { $count } 个
look-no-master = { $broker } 没有 MASTER：它的 topic 最多只能读
look-no-offsets = 没有位点
look-not-registered = NameServer { $address } 不知道 { $broker } 的进程 { $process }
look-nothing-measured = 这段时间没有写入
look-offline-partitions = 离线分区（不能读写）：{ $count }
look-ordered = 设置了队列的顺序
look-process-behind = { $broker } 的 slave { $process } 落后 master { $bytes }
look-read-off = { $broker } 关闭了读取
look-rocketmq-health = { $grade }：{ $cluster }
look-route-headline = { $cluster } 上 { $topic } 的路由
look-route-missing = 没有它的路由的 NameServer：{ $addresses }
look-route-order = 顺序：{ $order }
look-routes-agree = { $count ->
    [0] 没有 NameServer 给出路由
    [one] 有应答的一个 NameServer 给出了路由
   *[other] 有应答的 { $count } 个 NameServer 给出的路由相同
}
look-routes-differ = { $topics-count ->
    [0] 各 NameServer 给出的路由不同：客户端去哪里取决于它问了谁
    [one] 各 NameServer 给出的 { $topics } 的路由不同
   *[other] 各 NameServer 给出的 { $topics-count } 个 topic 的路由不同：{ $topics }
}
look-routes-differ-unseen = + 另有 { $count } 个路由不同的 topic 不在你的可见范围
look-routes-not-seen = 无法读取路由：{ $failure }
look-silent-disks = 磁盘情况未知：它没有应答
look-skew-headline = { $cluster } 的负载是否均匀
look-skew-most = { $measure }：最多的是 { $broker }，为平均值的 { $percent }%
look-slave-silent = { $broker } 的 slave { $process } 没有应答：{ $failure }
look-topic-headline = { $cluster } 的 topic { $topic }
look-topic-kind = 类型：{ $topic-kind }
look-topic-messages = 存有消息 { $count } 条
look-topic-queues = 队列：可读 { $read } 个，可写 { $write } 个，分布在 { $count } 个 broker 上
look-topics-left-out = + 另有 { $count } 个 topic 没有查看
look-topics-not-seen = 无法读取 topic：{ $failure }
look-who-headline = { $cluster } 上连接到 { $name } 的客户端
look-without-offset = { $count } 个队列没有这个消费组的位点，里面有 { $messages } 条消息
look-write-off = { $broker } 关闭了写入：生产者被告知去别处，但发给它的仍会被接收
look-write-past-read = 可写队列多于可读队列：写到多出来的队列的消息没有人能读（{ $where }）

topic-kind-ordinary = 普通 topic
topic-kind-retry = 消费组要重试的消息
topic-kind-dead-letters = 消费组放弃的消息
topic-kind-system = RocketMQ 自己的 topic

measure-written = 今日写入消息
measure-queues = 可写队列
measure-leaders = leader 数
measure-replicas = 副本数
measure-bytes = 字节数

cell-consumer = 读
cell-master = 主
cell-no-route = 无路由
cell-producer = 写
cell-silent = 无应答
cell-slave = 从

table-address = 地址
table-behind = 落后
table-broker = broker
table-bytes = 大小
table-disk = 磁盘
table-group = 消费组
table-messages = 存量
table-name-server = ns
table-offset = 位点
table-perm = 权限
table-per-minute = 条/分
table-per-second = 每秒
table-queue = 队列
table-read = 可读
table-role = 角色
table-setting = 配置项
table-share = 占比
table-topics = topic数
table-value = 值
table-version = 版本
table-write = 可写
table-written = 写入

cluster-rocketmq-well = 正常；broker { $brokers } 个，topic { $topics } 个
cluster-rocketmq-ill = 没有 master 的 broker { $without } 个，没有应答的进程 { $silent } 个；broker { $brokers } 个，topic { $topics } 个

mistake-not-a-broker = { $most-count ->
    [0] { $given } 不能是 broker 的名字：{ $problem }
   *[other] { $given } 不能是 broker 的名字：{ $problem }；最多 { $most } 个字符
}
mistake-not-for-kind = /{ $command } 不能用于 { $kind } 集群，所以我什么都不做
    .next = /help { $command } 说明它的用途
mistake-option-not-for-kind = { $option } 不能用于 { $kind } 集群，所以我什么都不做
    .next = 请去掉它后再申请
mistake-not-told-by-kind = { $kind } 的 broker 不提供这些信息，所以不能按 { $option } 查询
    .next = 请按 topic 或消费组查询
mistake-one-of-these = 一次只看一样：请只给出 { $choices } 中的一个
mistake-unknown-broker = 没有 broker { $name }
