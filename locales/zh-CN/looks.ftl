# 查看命令的结果。

look-part-failed = { $what }读不到：{ $failure }
part-ranges = 日志的起止位置
part-cluster = 集群
part-group = 消费组
part-committed-offsets = 消费组已提交的位点
part-topic = 该 topic
part-log-ranges = 日志的起止位置
part-offsets-at-time = 该时刻对应的位点
part-layout = 副本分布
part-log-dirs = 日志目录
part-reassignments = 进行中的迁移
part-replication = 复制相关的配置
part-rates = 写入速率
part-settings = 配置
part-offsets = 消费组的位点

clusters-none = 这里没有你可以查看的集群
clusters-well = { $count } 个集群，全部正常
clusters-some = { $count } 个集群：{ $silent } 个没有应答，{ $ill } 个有问题
freeze-line = { $thing } 冻结至 { $until }，{ $who } 设置（{ $freeze }）：{ $reason }
freeze-tier = { $tier }的全部集群
freezes-more = + 另有 { $more } 个冻结
cluster-silent = 没有应答：{ $failure }
cluster-well = 正常；broker { $brokers } 个，topic { $topics } 个
cluster-ill = 离线分区 { $offline } 个，缺副本分区 { $under } 个；broker { $brokers } 个，topic { $topics } 个
cluster-observe = 只能查看

health-headline = { $grade }：{ $cluster }
health-healthy = 健康
health-degraded = 有缺损，读写正常
health-degraded-in-part = 有缺损，未能全部查看
health-broken = 有故障
health-brokers = 在线 broker { $count } 个：{ $brokers }
health-controller = controller 为 { $controller }
health-no-controller = 没有 CONTROLLER
health-offline = 离线分区（不能读写）：{ $count }
health-below-min = 低于 min ISR 的分区（acks=all 的写入会失败）：{ $count }
health-under = 缺副本的分区：{ $count }
health-min-unknown = { $count } 个 topic 用的是 broker 的默认 min ISR，无法得知
health-left-out = + 另有 { $more } 个有问题的 topic 没有查看：能否写入无法得知
obligation-broker-throttle = 限速
obligation-topic-throttle = 限速列表
health-obligation = 还要恢复：{ $thing } 的 { $what }，来自操作 { $operation }，期限 { $due }；可用 /unlock 放弃
health-more-obligations = + 另有 { $more } 项要恢复

topic-headline = { $cluster } 上的 topic { $topic }：{ $partitions } 个分区，每个 { $replicas } 个副本
topic-well = 每个分区都有 leader，副本齐全
topic-ill = 离线分区：{ $offline }；缺副本的分区：{ $under }
topic-settings = 自有配置：
topic-more-settings = + 另有 { $more } 项配置
topic-no-settings = 自有配置：无，全部为默认值
topic-id = topic id { $id }

group-headline = { $cluster } 上的消费组 { $group }：{ $state }
group-protocol = { $kind }
group-protocol-of = { $kind }，用于 { $type }
group-state-empty = 已停止，位点保留
group-state-stable = 工作中
group-state-rebalancing = 正在重新分配
group-state-dead = 已不存在
group-state-unknown = 处于我不认识的状态
group-kind-classic = 经典协议
group-kind-consumer = consumer 协议
group-kind-other = 其他协议
group-members = { $count ->
    [0] 没有成员
   *[other] { $count } 个成员
}
group-static = + 静态成员：会话超时后才会离开
group-unreadable = ? 无法读懂：不知道这个成员分到了哪些分区
group-no-commits = 没有提交过位点
group-topics-left-out = + 另有 { $more } 个 topic

lag-one = { $cluster } 上消费组 { $group } 在 { $topic } 积压 { $lag } 条消息
lag-without-commit = { $count } 个分区没有位点：从哪里开始由客户端自己的配置决定

help-headline = 可用的命令；查看某一个：{ $example }
help-more = + 另有 { $more } 个，见 help.txt
help-role-looks = 不做任何改动；需要角色 { $role }
help-role-changes = 需要角色 { $role }；{ $effect }
help-role-controls = 用于投票或操控进行中的操作；需要角色 { $role }
help-role-anyone = 人人可用；不做任何改动
help-option = { $name }：{ $description }
help-option-required = { $name }（必填）：{ $description }
help-example = 例如 { $example }

whoami-headline = 你是 { $person }（{ $account }）
whoami-roles = 在此的角色：{ $roles }
whoami-roles-none = 在此没有角色，我只回答 /help 和 /whoami
whoami-clusters = 集群：{ $clusters }
whoami-clusters-none = 集群：无
whoami-owns = 你负责：{ $owned }
whoami-owns-none = 你负责：无
whoami-commands = 可以使用：{ $commands }

operations-none = 没有进行中或刚结束的操作
operations-none-waiting = 没有等你处理的操作
operations-waiting = { $count } 个操作等你处理
operations-for-me = 等你处理
operations-reviews = 紧急放行，等待复核
operations-others = 其他
operations-more = + 另有 { $more } 个
operations-cut = 更早的没有查看；可用 cluster: 和 show: 缩小范围
board = { $clusters } 上未结束的操作
board-as-of = 截至 { $at }；更多见 /operations
board-counts = 待决定：{ $decide } · 待投票：{ $approve } · 进行中：{ $going }
board-cut = 更早的没有查看；用 /operations 列出
board-empty = 没有未结束的操作
board-ended = 这里不再维护看板；用 /operations 查看未结束的操作
board-to-approve = 待投票
board-to-decide = 待决定
board-under-way = 进行中
operation-frozen = { $until } 之前不启动：{ $thing } 已冻结
operation-line = { $operation } { $state }：{ $command } { $about }（{ $cluster }），申请人 { $who }，{ $at }
operation-line-unreadable = { $operation } { $state }：{ $command }（{ $cluster }），申请人 { $who }；计划无法读取
operation-line-ends = { $operation } { $state }：{ $command } { $about }（{ $cluster }），申请人 { $who }，{ $at } 截止

status-headline = { $state }：{ $operation }，{ $command } { $about }（{ $cluster }）
status-asked = 申请人 { $who }；最近变化 { $at }
status-open = 还缺 { $count } 个：{ $who }
status-ends = { $at } 前不开始就过期
status-step-done = 第 { $step } 步，已完成：{ $what }
status-step-open = 第 { $step } 步：{ $what }
status-more-steps = + 另有 { $more } 步
status-reverses = 回滚操作 { $operation }
status-plan = 第 { $revision } 版计划：{ $digest }

audit-none = 没有符合的记录
audit-headline = { $count } 条记录，最新的在前
audit-more = + 另有 { $more } 条；请缩小搜索范围
audit-unsearched = 第 { $seq } 条之前的记录没有检索；请用 since、person 或 operation 缩小范围
audit-entry = { $seq } · { $at } · { $what } · { $who } · { $about }
audit-bot = 机器人自己
audit-whole = 审计日志完整：{ $entries } 条记录，环环相扣
audit-head = 最后一条的哈希：{ $head }
audit-compared = 已与保存在 { $kept } 的第 { $seq } 条对比
audit-not-compared = 没有与别处保存的哈希对比：不能排除末尾被截断
audit-broken = 审计日志从第 { $seq } 条起不吻合：{ $why }
audit-broken-next = 不要再改动数据库；请导出并告知负责人
audit-broken-changed = 记录被改动
audit-broken-columns = 用于搜索的字段被改动，记录本身没有
audit-broken-foreign = 记录是从外部塞入的
audit-broken-head = 保存的末尾哈希与最后一条不符
audit-broken-missing = 缺少记录
audit-broken-moved = 此处是另一条记录
audit-broken-rewritten = 与别处保存的哈希不同
audit-broken-truncated = 末尾缺失
audit-broken-unlinked = 与前一条不衔接
audit-broken-unreadable = 记录无法读取
audit-posted = 审计日志至第 { $entry } 条，截至 { $at }
audit-posted-before = 上一次发布：{ $before }。若上方没有，说明有人删除了它
audit-posted-first = 此前没有发布过
audit-posted-use = 在机器人所在机器上运行此命令，可知日志此后是否被截断或改写
part-topic-config = topic 的配置
part-readers = topic 的读者
part-topics = topic 列表
