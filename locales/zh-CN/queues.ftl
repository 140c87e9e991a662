# RocketMQ 的扩、缩队列。

what-expand-partitions-rocketmq = { $topics } 的队列扩到每个 master { $to } 个（{ $cluster }）
what-shrink-partitions-rocketmq = { $topics } 的队列缩到每个 master { $to } 个（{ $cluster }）
size-queues = { $count } 个队列
step-rocketmq-set-queues = 打开或关闭队列
step-rocketmq-seed-offsets = 为每个消费组在将打开的队列中写入位点
worst-queues-opened = 尚无人知晓的消费组会从新打开队列的末尾开始消费
worst-queues-closed = 旧路由仍发往已关闭队列的消息会被延迟消费，在 5.x 上则由发送方报错
card-way-back-queues = 退路：每个 master 现在的队列数已保存，约 { $duration }可恢复；若因此关闭队列，会先消费完其中的消息
worst-queues-as-before = 生产与消费恢复到原来的分布

check-not-an-ordinary-topic = topic { $topic } 不是普通 topic（{ $topic-kind }）
    .next = 这里只修改普通 topic；系统 topic 由 RocketMQ 自己管理。
check-ordered-topic = topic { $topic } 是顺序 topic：队列顺序是每个 NameServer 上单独的配置，我还不会修改它
    .next = 请在每个 NameServer 和 master 上使用 mqadmin updateOrderConf 与 updateTopic。
check-routes-agree =
    .passed = 所有应答的 NameServer 给出的路由都与 master 一致
check-routes-differ = 某个 NameServer 告诉客户端 { $topic } 在 { $master } 上为 { $found }，而该 master 实际为 { $expected }（读/写队列与权限）
    .next = 请查看 /route topic:{ $topic }，一致后再试。
check-writes-past-reads = { $topic } 在 { $master } 上的读/写队列为 { $found }：写入最后几个队列的消息没有人消费
    .next = 先用 mqadmin updateTopic -r 让读队列不少于写队列，再试。
check-name-server-silent = { $count } 个 NameServer 没有应答；它恢复后给客户端的路由无法核对
check-master-takes-no-writes = { $masters } 因 broker 自身的权限不接受写入
check-groups-broadcast = { $groups } 为广播消费：位点在客户端而不在 broker，关闭队列只能按消息保留时间等待
check-groups-not-at-master = 并非每个 master 都有 { $groups }；没有的 master 上不会为其写入位点，若其客户端连到那里，将从新队列的末尾开始消费
check-closed-queues-unread = 将关闭的队列中有 { $messages } 条消息尚未被 { $groups } 消费；无论多久都会等待
check-disk-filling = { $masters } 的磁盘已用 { $percent }%：超过 85% broker 会删除最早的消息，无论是否已消费；等待中的消息可能提前消失
check-given-up-group-online = 消费组 { $group } 有客户端在线，不能放弃
    .next = 请从 waive 中去掉它，或先停止其客户端。
check-group-given-up = 放弃消费组 { $group }：它未消费的 { $messages } 条消息到期后消失。它在该 topic 有 { $commits } 个位点；broker 不知道它最后一次提交的时间
check-queues-moved-on = { $topic } 在 { $master } 上的读/写队列为 { $found }，而操作留下的是 { $left }

broken-queues-changed = { $topic } 在 { $master } 上的读/写队列为 { $found }，应为 { $expected }
broken-another-master = { $master } 上有 topic { $topic }（读/写队列 { $found }），但它不在计划中

mistake-not-a-queue-count = { $given } 不是有效的队列数；应为 1 到 { $most }
mistake-queues-as-wanted = { $topic } 在每个 master 上已经是 { $count } 个队列
mistake-queues-only-read = { $operation } 没有向 { $topic } 的新队列写入，没有可回滚的；可读队列多于可写队列（{ $found }），这没有害处
    .next = 如果它已失败，就仍占用该 topic：先由两个人用 /unlock operation:{ $operation } 放弃它。然后 /shrink-partitions topic:{ $topic } to:{ $count } 会关闭它们，或用 /expand-partitions 从那里继续。
mistake-queues-are-more = { $topic } 在 { $master } 上的读/写队列为 { $found }，多于 { $count }
    .next = 用 /shrink-partitions 关闭队列。
mistake-queues-are-fewer = { $topic } 在 { $master } 上的读/写队列为 { $found }，少于 { $count }
    .next = 用 /expand-partitions 打开队列。

wait-seeds-watched = 正在观察为消费组写入的 { $count } 个位点，直到 broker 写入磁盘（第 { $streak } 次，共 { $wanted } 次）
wait-seeds-lost = 为消费组写入的 { $count } 个位点已丢失（首个在 { $master } 的 { $topic } 中）：master 在写入磁盘前宕机会丢失位点
wait-queues-watched = 已设置并读回；再看一次（第 { $streak } 次，共 { $wanted } 次）
wait-master-silent = { $master } 没有应答（{ $failure }）；我等它恢复后从原处继续
wait-routes-lag = 某个 NameServer 尚未给出 { $topic } 在 { $master } 上的 { $expected } 队列
wait-queues-unread = { $topic } 已关闭的队列中还有 { $messages } 条消息未被 { $groups } 消费；已等待 { $span }
wait-queues-unread-filling = { $topic } 已关闭队列中有 { $messages } 条消息尚未被 { $groups } 消费，且 { $masters } 的磁盘已用 { $percent }%：超过 85% broker 会删除最早的消息，无论是否已消费。已等待 { $span }
wait-queues-not-still = 已全部消费；{ $topic } 已关闭的队列静止了 { $span }，需要 { $wait }
wait-queues-drained-watched = 已全部消费，{ $topic } 已关闭的队列静止；再看一次（第 { $streak } 次，共 { $wanted } 次）
wait-queues-close-again = 迟到的消息已消费；{ $topic } 的队列再次关闭
wait-closed-queues-written = 有消息进入 { $topic } 已关闭的队列；重新开放读取
wait-closed-queues-not-read = { $groups } 尚未消费 { $topic } 已关闭队列中的 { $messages } 条消息；重新开放读取
wait-closed-queues-half-open = { $master } 只读 { $topic } 的 { $found } 队列，其他 master 读得更多；全部重新开放读取
wait-closed-watched = { $topic } 的队列已关闭；{ $span } 内没有消息进入，我会观察 { $wait }
wait-retention-not-told = 没有 master 告知消息保留时间，我继续观察

notice-step-under-way-rocketmq-set-queues = 第 { $step } 步：每个 master 上的队列已设置；我观察它是否保持
notice-closed-unwatched = 从现在起没有人观察 { $topic } 已关闭的队列：旧路由仍发往它们的消息没有人消费，到期后丢失
notice-seeds-given-again = 为消费组写入的 { $count } 个位点（首个在 { $topic } 中）已丢失（master 在写入磁盘前宕机会丢失位点）；在继续之前重新写入
notice-queues-read-again = 有消息进入 { $topic } 已关闭的队列：已重新开放读取，不会丢失；消费完后再次关闭
notice-queues-read-again-half = { $topic } 已关闭的队列在部分 master 上可读，部分不可读（{ $master }：{ $found }）：已在所有 master 上重新开放读取；全部消费后再次关闭
notice-queues-read-again-unread = { $groups } 未消费完 { $topic } 已关闭的队列：已重新开放读取，不会丢失；消费完后再次关闭
notice-queues-closed-again = 迟到的消息已消费；{ $topic } 的队列再次关闭
