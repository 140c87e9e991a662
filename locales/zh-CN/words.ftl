# 许多句子共用的短语。

names-and-more = { $names } 及另外 { $more } 个
nothing = 无
hidden = （已隐藏）
quoted = “{ $text }”
unknown-id = { $id }（{ $facts }）
about = 约 { $duration }
about-after-wait = 最多等待 { $wait }，之后约 { $duration }

unit-days = { $count } 天
unit-hours = { $count } 小时
unit-minutes = { $count } 分钟
unit-seconds = { $count } 秒
unit-under-a-second = 不到 1 秒

tier-development = 开发环境
tier-staging = 预发环境
tier-production = 生产环境

effect-safe = 不会丢失任何东西
effect-reversible = 可回滚
effect-irreversible = 不可回滚

state-awaiting-approval = 等待审批
state-queued = 已批准，等待开始
state-running = 执行中
state-moving = 正在迁移
state-waiting = 等待条件满足
state-pausing = 正在暂停
state-paused = 已暂停
state-stopping = 正在停止
state-stopped = 已停止
state-succeeded = 成功
state-failed = 失败
state-stuck = 卡住
state-rejected = 已否决
state-expired = 已过期
state-cancelled = 已取消
state-refused = 已拒绝
state-abandoned = 已放弃
state-superseded = 已被新计划取代
state-dry-run = 试算

failure-unreachable = 连接不上
failure-timed-out = 没有按时应答
failure-denied = 没有权限
failure-not-authenticated = 登录未被接受
failure-unsupported = 服务器版本不支持
failure-garbage = 应答无法读懂
failure-refused = 服务器拒绝了
failure-broker-dead = broker 已宕机
failure-not-asked = 没有查看
failure-too-many-rounds = 查看期间一直在变化

table-partition = p
table-partitions = 分区数
table-leaders = leader
table-replicas = 副本
table-data = 数据
table-from-to = 原来→目标
table-to = 之后
table-moves = 移动
table-topic = topic
table-leader = leader
table-isr = isr
table-start = 起始
table-end = 末尾
table-committed = 位点
table-lag = 积压
table-no-commit = 无位点
table-client = 客户端
table-host = 主机
table-assigned = 分区
table-offline = 离线
table-under = 缺副本
table-below-min = <min
table-more = + 另有 { $more } 行，见 plan.txt
table-more-in = + 另有 { $more } 行，见 { $file }

thing-whole = 整个集群
thing-broker = broker
thing-topic = topic
thing-group = 消费组
thing-cluster = 集群

because-target = 不支持指定位点或平移
because-partitions = 只能针对 topic 的全部队列，不能只针对部分
because-no-offset = 而消费组在某个队列没有位点时连时间也不能通知
because-closed-queues = 只通知写队列，而 topic 的读队列更多
because-back = 要恢复各个位点，消费组必须先停止

problem-empty = 什么都没有填
problem-too-long = 太长
problem-character = 含有这类名字不允许的字符
