# 检查结果，按检查的标识；.passed 为通过时，.next 为被拒绝时的下一步。

check-cluster-reachable = 无法查看集群（{ $failure }），因此什么都不能确认；对方的说明：{ $said }
    .passed = 集群有应答
    .next = 没有改动任何东西。请看 /health，集群恢复应答后再申请。
check-cannot-verify = 这一点无法确认（{ $failure }）；对方的说明：{ $said }
    .passed = 一切都能查看
    .next = 没有改动任何东西。请看 /health，集群恢复应答后再申请。
check-group-exists = 没有消费组 { $group }
    .passed = 消费组存在
    .next = 用 /group 或 /lag 查到正确的名字后再申请。
check-group-inactive = 消费组 { $group } 还有 { $count } 个成员（{ $members }）。Kafka 只能重置已停止的消费组的位点
    .passed = 消费组没有在线成员
    .next = { $static-count ->
        [0] 请停止它们后再申请；或加上 wait-for-stop:30m，我会等待。
       *[other] 请停止它们后再申请；或加上 wait-for-stop:30m，我会等待。其中 { $static-count } 个是静态成员，会话超时后才会离开。
    }
check-group-will-stop = 消费组还有成员（{ $members }）；我会等它们离开，然后设置位点
    .passed = 消费组已停止
check-topic-exists = 没有 topic { $topic }
    .passed = topic 存在
    .next = 用 /topic 查到正确的名字后再申请。
check-partitions-exist = topic { $topic } 没有分区 { $partitions }
    .passed = 分区存在
    .next = 用 /topic 查看分区后再申请。
check-offsets-known = 读不到消费组的位点，或日志的起止位置（{ $failure }）
    .passed = 消费组的位点和日志范围都已知
    .next = 没有改动任何东西。请看 /health，集群恢复应答后再申请。
check-target-clamped = { $count } 个分区的目标超出日志范围，已移到边界（{ $topic } { $partition }：{ $wanted } → { $used }）
    .passed = 所有目标都在日志范围内
check-time-after-last-record = { $partitions-count } 个分区的消息都早于所要的时间，位点移到末尾
    .passed = 每个分区都有该时间或之后的消息
check-no-commit-to-shift = { $count } 个分区没有位点，无法平移，保持不变
    .passed = 每个分区都有可平移的位点
check-empty-partitions = 有些分区是空的；消费组在那里从下一条消息开始
    .passed = 没有空分区
check-known-external-offsets = 这个消费组像是 Flink、Spark 或 Connect，它们可能自己保存位点，不理会这里的设置
    .passed = 没有迹象表明位点保存在别处
check-group-without-commits = 消费组在一些分区里从未提交过位点；此前从哪里开始由客户端决定
    .passed = 消费组在每个分区都提交过位点
check-missing-right = 我在 { $on } 上缺少权限 { $right }
    .passed = 所需的权限我都有
    .next = 请有 Kafka 管理权限的人授权后再申请。
check-held-by-other = 操作 { $operation } 正在处理 { $thing }
    .passed = 那里没有别的操作
    .next = 请等它结束；用 /status { $operation } 查看。
check-replays-messages = { $count } 条消息会被重复处理
    .passed = 没有消息会被重复处理
check-skips-messages = { $count } 条消息永远不会被处理
    .passed = 没有消息会被跳过
check-late-expiry = 相关的最早的消息即将被删除；删除后无法再读
    .passed = 相关的消息不会马上被删除
check-cluster-observed-only = 这个集群只能查看；我没有改动它的权限
    .passed = 这个集群可以改动
    .next = 请用 dry-run:true；结果附有手工执行的命令。

# 计划所依据、但已不再成立的条件。

broken-cluster-changed = 这个地址上是另一个集群（{ $found }，原为 { $expected }）
broken-topic-gone = topic { $topic } 不见了
broken-topic-recreated = topic { $topic } 被删除后重新创建了
broken-topic-partitions-changed = topic { $topic } 现在有 { $found } 个分区，原为 { $expected }
broken-group-has-members = 消费组 { $group } 又有成员了（{ $members }）
broken-offsets-changed = 有人移动了消费组 { $group } 的位点：{ $topic } { $partition } 现为 { $found }，原为 { $expected }
broken-offset-left-the-log = { $topic } { $partition } 的位点 { $offset } 已不在日志范围内（{ $start } 到 { $end }）

wait-members-remain = 还有 { $count } 个成员在工作：{ $members }
wait-cannot-look = 无法查看集群：{ $failure }
wait-watching-a-little-longer = 已没有成员；再观察一会儿（第 { $streak } 次，共 { $wanted } 次）
wait-wait-ran-out = 消费组没有按时停止

why-vetoed = 已否决
why-cancelled = 申请人已收回
why-expired = 没有人按时批准
why-stale = 集群与制定计划时不同了：{ $because }
why-queued-behind = 等待操作 { $operation }，它正在那里执行
why-cannot-verify-votes = 现在读不到投票，先等待
why-votes-withdrawn = 开始前有人收回了投票，重新征求审批
why-policy-stricter = 规则现在要求更多投票，重新征求审批
why-stopped-by = 由 { $who } 停止
why-paused-by = 由 { $who } 暂停
why-resumed-by = 由 { $who } 恢复
why-paused-by-guard = 自动暂停：{ $because }
why-paused-cannot-verify = 已暂停：无法确认要求停止的人是否有权这样做
why-foreign-change = 有别人改动了 { $topic } { $partition }：现为 { $found }
why-cluster-refused = 集群拒绝了：{ $said }
why-outcome-unknown = 无法确认这一步是否完成：{ $failure }
why-out-of-bounds = 需要做的超出了批准的范围
why-cannot-tell = 无法判断能否继续：{ $failure }
why-too-many-replans = 集群变化太快，计划跟不上；请等它稳定后再申请
why-unlocked = 已用 /unlock 放弃
why-plan-unreadable = 保存的计划无法读取
why-nothing-to-do = 已没有要做的事
