# 在操作的讨论串里，以及对负责人说的话。

notice-line = { $operation }：{ $told }
notice-anew-failed = 需要重新制定计划，但失败了；我会再试
notice-anew-held = 需要重新制定计划，但另一个操作正在那里执行；先等待
notice-anew-unseen = 需要重新制定计划，但现在无法查看集群；先等待
notice-anew-unverified = 需要重新制定计划，但现在查不到申请人的角色；先等待
notice-answer-lost = 集群的应答丢失了（{ $failure }）；我先查看做到了哪里，再做别的
notice-approved = 由 { $by } 批准
notice-expired = 没有人按时批准；没有改动任何东西
notice-expiry-moved = 有一段时间无法读取投票，这段时间不计入；现在的截止时间是 { $until }
notice-frozen = { $tier-count ->
    [0] 已批准；但 { $cluster } 冻结至 { $until }
   *[other] 已批准；但{ $tier }的全部集群冻结至 { $until }
}，{ $by } 设置：{ $reason }。结束后若计划仍然成立会自动启动
notice-frozen-too-long = { $tier-count ->
    [0] 已批准；但 { $cluster } 冻结至 { $until }
   *[other] 已批准；但{ $tier }的全部集群冻结至 { $until }
}，{ $by } 设置：{ $reason }。它自己的期限 { $expires } 先到：请届时重新申请
notice-in-vain = { $by } 的 { $control } 没有生效：{ $because }
notice-left-to-others = 有人同时把 { $of } 的 { $key } 改成了 { $found }；我保持不动
notice-offsets-overtaken = { $count ->
    [one] { $topic } { $partition } 位于 { $found }
   *[other] { $count } 个队列与重置前一样靠后（{ $topic } { $partition } 位于 { $found } 等）
}，没有看到它被重置。broker 已应答成功，因此不再发送：{ $group } 的客户端可能在读回之前已重新消费完，也可能根本没有被重置，两者看起来一样
notice-queued-behind = 已批准；等待操作 { $operation }，它正在那里执行
notice-glass-plan-gone = 有人为操作 { $operation } 紧急放行，本操作因此暂停；那个操作不会按原计划开始，其状态为：{ $state }。本操作仍然暂停：由申请人以外的人用 /resume 继续，或用 /stop 停止
notice-glass-waits = 已紧急放行；等待操作 { $operation } 结束，它正占用同一对象并为此暂停：须由人停止它或让它继续
notice-owners-not-told-by-glass = { $said-count ->
    [0] 未能及时通知相关负责人。此处已紧急放行，因此我继续执行；请告知他们
   *[other] 无法通知相关负责人（{ $said }）。此处已紧急放行，因此我继续执行；请告知他们
}
notice-owners-not-told-goes-on = { $said-count ->
    [0] 未能及时通知相关负责人。被回滚的操作当时已连同回滚方式一起告知，因此我继续执行；请告知他们
   *[other] 无法通知相关负责人（{ $said }）。被回滚的操作当时已连同回滚方式一起告知，因此我继续执行；请告知他们
}
notice-partly-refused = 集群执行了这一步的一部分，拒绝了其余部分（{ $failure }）；我读回确认是哪些
notice-refused-anew = { $checks-count ->
    [0] 重新制定计划后已不能继续；没有改动任何东西
   *[other] 重新制定计划后已不能继续（{ $checks }）；没有改动任何东西
}
notice-review-closed = { $by } 复核：“{ $review }”
notice-review-open = { $by } 于 { $at } 在此紧急放行，至今无人复核：“{ $reason }”。由他人结束复核：/break-glass operation:{ $operation } review:
notice-started = 已开始；没有我时如何完成、停止或回滚，见 by-hand.md
notice-step-done = 第 { $step } 步已完成并读回确认
notice-step-done-unseen = 第 { $step } 步已结束；未能看到它是否生效
notice-step-done-kafka-set-configs = 限速已设置并读回确认（第 { $step } 步）
notice-step-done-kafka-reassign = 第 { $batch } 批（共 { $batches } 批）已到位：{ $count } 个分区与计划一致，副本全部同步
notice-step-done-kafka-elect-preferred = leader 已交给首选副本
notice-step-under-way-kafka-reassign = 第 { $batch } 批（共 { $batches } 批）进行中：{ $count } 个分区。集群在复制，我在观察
notice-step-under-way = 第 { $step } 步正在进行，我会持续观察
notice-still-owed = broker { $broker } 已宕机，无法确认它的限速已恢复。等它回来后我会处理，在此之前 /health 会一直显示
notice-still-set = { $things } 的限速仍未恢复。{ $failure-count ->
    [0] 恢复操作没有被接受
   *[other] 集群没有接受恢复操作：{ $failure }；集群的说明：{ $said }
}。我会自行重试，间隔逐渐变长；恢复之前 /health 会一直显示
notice-owed-overdue = { $things } 的限速已经一天无法恢复：broker 没有回来，或者集群不接受。如果一直如此：由两个人执行 /unlock operation:{ $operation } 放弃
notice-owed-put-back = { $things } 的限速终于已恢复
notice-owed-adopted = 操作 { $operation } 自己设置 { $things } 的限速，并恢复之前的值；本操作不再负责
notice-owed-given-up = { $first } 和 { $second } 用 /unlock 放弃：{ $reason }。{ $things } 的限速保持原样
notice-owed-unlock-asked = { $reason-count ->
    [0] { $by } 要求放弃这里尚未恢复的内容
   *[other] { $by } 要求放弃这里尚未恢复的内容（{ $reason }）
}。需要第二个人在 { $until } 之前执行：/unlock operation:{ $operation }
notice-abandoned-owes = 只为执行期间设置的内容仍会在 { $things } 上恢复；在此之前 /health 会一直显示
notice-throttle-as-planned = 限速已恢复到计划值
notice-throttle-asked = { $reason-count ->
    [0] { $by } 要求每个 broker { $rate }/秒
   *[other] { $by } 要求每个 broker { $rate }/秒：{ $reason }
}
notice-throttle-turned = 正按要求把限速设为每个 broker { $rate }/秒
notice-throttle-changed = 有人把 broker { $broker } 的 { $key } 改成了 { $found }；我不去动它
notice-throttle-slower = 已减速到每个 broker { $rate }/s：有分区没有多余的同步副本
notice-throttle-slower-pausing = 正在暂停：迁移中的部分以每个 broker { $rate }/s 继续，不再开始新的批次
notice-throttle-slower-under = 已减速到每个 broker { $rate }/s：有分区的同步副本太少
notice-not-turned-round = { $said-count ->
    [0] 现在无法取消迁移中的部分
   *[other] 集群不允许我取消迁移中的部分（{ $said }）
}。它会按原限速继续；我会不断重试，直到取消成功或迁移到位，然后恢复限速
notice-turned-round = 正在让 { $count } 个迁移中的分区退回原处
notice-unlock-asked = { $reason-count ->
    [0] { $by } 要求放弃此操作
   *[other] { $by } 要求放弃此操作（{ $reason }）
}。需要第二个人在 { $until } 之前执行：/unlock operation:{ $operation }
notice-still-cannot-look = 仍然无法查看集群：{ $failure }。我不做任何改动，继续尝试
notice-undelivered = 无法在它自己的频道里通知：{ $said }
notice-undelivered-board = 频道 { $channel } 的看板无法发布或更新：{ $said }。在此之前它显示的是旧情况，或者根本没有看板；我会继续尝试，仅在原因变化时再次告知
notice-undelivered-head = 审计日志的链首无法发布到它的频道：{ $said }。在我能写入那里之前，无法凭那个频道发现整体改写过的日志；我会在一天后及启动时再试
notice-undelivered-card = 无法在它自己的频道里发布卡片：{ $said }。仍可在控制台用 /approve 表决
notice-wait-began = { $until-count ->
    [0] 开始等待
   *[other] 开始等待，最晚到 { $until }
}
notice-wait-over = 等待结束，继续执行

progress-left = { $left-later-count ->
    [0] 待复制：{ $left }
   *[other] 待复制：本批 { $left }，后面的批次 { $left-later }
}
progress-eta = { $eta-whole-count ->
    [0] 按 { $rate }/秒：剩余 { $eta }
   *[other] 按 { $rate }/秒：剩余 { $eta }，全部 { $eta-whole }
}
progress-throttle = 限速：每个 broker { $throttle }/秒

in-vain-answer-bug = 我内部出错；审计日志里有这次请求
in-vain-check-cannot-verify = 无法查看集群（{ $failure }）
in-vain-denied-another-person = 需要申请人以外的人
in-vain-denied-cannot-verify = 现在查不到其角色。请移除后过一分钟再加上
in-vain-denied-no-role = 没有相应的角色
in-vain-denied-not-a-member = 现在不是这里的成员
in-vain-denied-not-yours = 只有申请人可以取消
in-vain-mistake-changed-meanwhile = 它同时发生了变化
in-vain-mistake-not-possible-now = 现在不行，当前状态：{ $state }
in-vain-mistake-nothing-to-resume = 没有可以继续的，当前状态：{ $state }

reminder = 时间已过半，仍缺投票，请看卡片：{ $what }

owners-before = 其中有你负责的部分。现在开始：{ $what }
owners-after = 其中有你负责的部分。{ $state }：{ $what }
glass-told = 此处缺少的投票已被跳过：{ $who } 紧急放行。{ $what }
glass-told-earlier = { $who } 曾对此操作较早的计划紧急放行，以跳过缺少的投票；现在的计划需要投票
glass-told-because = 原因：“{ $reason }”

vote-told = 你的 ✅ 不计入（{ $why }）：{ $what }
vote-told-asked-for-it = 申请计划或修改过计划的人不能批准，须由他人批准；你点 ❌ 则取消申请
vote-told-no-right = 需要谁的投票，见卡片；/whoami 显示你的角色
vote-told-not-a-member = 恢复正常的成员身份后会重新查看：如果它还在那里，并且你在此有投票权，就会计入
vote-told-unconfirmed = 此操作不可回滚，只点表情不够：请在卡片上点 [批准…] 并键入名称
vote-told-card = 卡片：{ $link } · 卡片上的 [我的投票] 只回答你一个人

plan-altered = 保存的 { $operation } 的计划与这里发布的不一致，因此不再执行其中任何内容
plan-altered-next = 对它的表决一律无效。运行我的人可以在审计日志里查明原因；查清之后请重新提出
