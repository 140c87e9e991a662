# 计划卡片。

card-headline = { $state }：{ $what }
what-reset-offset = 将 { $groups } 在 { $topics } 的位点重置到 { $to }（{ $cluster }）
what-rollback = 回滚 { $operation }：{ $groups } 在 { $topics } 的位点（{ $cluster }）
what-rollback-moves = 回滚 { $operation }：{ $topics } 的副本（{ $cluster }）
what-scale-out = 扩容 { $cluster }：将 { $topics } 迁到 broker { $brokers }
what-other = { $command }（{ $cluster }）

size-partitions = { $count } 个分区

card-worst = 万一出错：{ $worst }；约 { $duration }可恢复
card-worst-moves = 万一出错：{ $worst }；/stop 会在当前批次结束这种情况；全部恢复约需 { $duration }
card-worst-no-way-back = 万一出错：{ $worst }；无法恢复
worst-reset-replays = { $groups } 最多重复处理 { $replayed } 条消息
worst-reset-skips = { $groups } 永远不会处理 { $skipped } 条消息
worst-reset-replays-and-skips = { $groups } 最多重复处理 { $replayed } 条消息，并永远不会处理 { $skipped } 条
worst-reset-neither = { $groups } 会从错误的位置继续消费
worst-rollback-returns-to-saved = { $groups } 会从原来的位点继续消费，而那里现在可能已不合适
worst-moves-slow-writes = broker 更忙，写入变慢

card-needs = 需要 { $wanted } 票（已有 { $filled } 票）：{ $who }
card-needs-more = 需要 { $wanted } 票（已有 { $filled } 票）：{ $who }。比制定计划时多：设置变严了
card-needs-confirmation = 不需要投票，只需{ $who }
card-needs-nobody = 不需要投票；由申请人自己确认
seat-approvers = { $count } 位审批人
seat-owner = { $of } 的一位负责人
card-queued = 已批准；那里没有别的操作时立即开始
card-ids = 操作 { $operation } · 计划 { $digest }
card-ids-ends = 操作 { $operation } · 计划 { $digest } · { $ends } 截止
card-progress = 第 { $step } 步，共 { $steps } 步：{ $what }
card-progress-batch = 第 { $batch } 批，共 { $batches } 批：正在迁移 { $count } 个分区
card-progress-of = { $progress }（已完成 { $done } / { $total }）

step-kafka-commit-offsets = 设置位点
step-kafka-delete-offsets = 删除位点
step-kafka-call-off = 取消迁移
step-kafka-elect-preferred = 把 leader 交给首选副本
step-kafka-reassign = 迁移副本
step-kafka-set-configs = 修改配置
step-kafka-take-from-lists = 从列表中移除我们的条目
step-wait = 等待消费组停止
step-capture = 保存原来的位点
step-rule = 按批准的规则设置位点

result-succeeded = 已完成并读回确认：{ $count } 个分区的位点与计划一致
result-succeeded-moves = 已完成并读回确认：{ $count } 个分区的副本与计划一致，且全部同步
result-stopped-moves = 已停止：已到位的批次保留，进行中的批次已退回原处
result-stopped = 已停在安全点；此前完成的部分保留
result-failed = 无法继续执行；当前这一步没有改动任何东西，此前完成的部分保留
result-failed-partly = 执行到一步中间时无法继续：这一步已改动了一部分；by-hand.md 和 /rollback 包含全部内容
result-failed-moves = 无法继续执行：已到位的批次保留；进行中的批次可能已改动的内容见 by-hand.md
result-stuck = 集群的现状既不是原来的，也不是计划的；必须由人决定
unchanged-stopped = 在改动任何东西之前已停止
result-rejected = 被 { $vetoed-by } 否决；没有改动任何东西
result-expired = 未按时获得批准；没有改动任何东西
result-cancelled = 申请人已取消；没有改动任何东西
result-refused = 重新检查后不能继续；没有改动任何东西
result-abandoned = 由两人放弃；集群保持现状

card-asked-by = 申请人 { $who }
moves-replayed = 将重复读取 { $count } 条消息。
moves-skipped = 将跳过 { $count } 条消息。
moves-first = { $count } 个分区目前没有位点。
moves-replicas = 复制 { $moves } 个副本，共 { $bytes }，分 { $batches } 批，每个 broker 最高 { $throttle }/秒；期间写入最高 { $inflow }/秒。
moves-replicas-bound = 复制 { $moves } 个副本（已证明至少需要 { $bound } 个），共 { $bytes }，分 { $batches } 批，每个 broker 最高 { $throttle }/秒；期间写入最高 { $inflow }/秒。
moves-throttle-range = 可用 /throttle 调高到 { $fastest }/秒，无需重新投票。
moves-meanwhile = 完成之前，broker { $brokers } 的数据比迁移前后都多。
moves-replicas-fewest = 复制 { $moves } 个副本（已证明是最少），共 { $bytes }，分 { $batches } 批，每个 broker 最高 { $throttle }/秒；期间写入最高 { $inflow }/秒。
moves-clamped = { $count } 个分区的目标（*）超出日志范围，已移到边界。
moves-taken-anew = 以上数字是现在的；消费组停止后按同一规则重新计算。
picture-alt = 各 broker 的数据和 leader，迁移前 → 后。
picture-broker = broker { $broker }：{ $data }，leader { $leaders }。
picture-more = 另有 { $more } 个见 plan.txt。
card-checks = 检查：{ $passed } 项通过，{ $warnings } 项警告
card-warning = 警告：{ $finding }
card-consent = 需要负责人同意：{ $finding }
card-more-findings = + 另有 { $more } 项，见 plan.txt
card-affected = 受影响：{ $groups }；{ $clients-count } 个客户端：{ $clients }
card-affected-topics = 受影响：读写 { $topics } 的应用
card-affected-no-clients = 受影响：{ $groups }；没有客户端连接
card-needs-from-application = 需要应用配合：{ $needs }
application-stop-consumers = 停止消费组的消费者，完成后再启动
card-way-back = 退路：原来的位点已保存，约 { $duration }可恢复
card-way-back-moves = 退路：任何批次都可停止；回滚计划已保存，约 { $duration }
card-no-way-back = 退路：没有

votes-none = 投票：还没有
votes-none-needed = 不需要投票
votes-counted = 投票：{ $filled } / { $wanted }：{ $who }
votes-vetoed = 否决：{ $who }
votes-uncounted = 不计入：{ $who }
votes-uncounted-one = { $who }（{ $why }）
votes-cannot-verify = 暂时查不到某人的角色，先等待
votes-how = ✅ 同意 · ❌ 否决（不可撤回）
not-counted-asked-for-it = 是申请人
not-counted-no-right = 在此没有审批权
not-counted-not-a-member = 现在不是成员
not-counted-cannot-verify = 查不到角色
not-counted-other-plan = 投的是另一份计划
not-counted-not-needed = 名额已满
not-counted-same-person = 此人已计一票
not-counted-also-vetoes = 同时投了否决

button-details = 详情
button-my-vote = 我的投票

card-superseded = 已由第 { $revision } 版计划取代；此处的投票不再计入
card-difference = { $what }：{ $before } → { $after }
card-more-differences = + 另有 { $more } 处不同，见新计划

ended-records-safe = 消息没有变动，生产者照常写入：只有消费组从哪里读取还不确定。
ended-not-checked = 没有检查：应用从那里继续是否正常。
ended-failed = 现在没有任何执行，我不会自己重试。原因消除后请重新申请，或用 /unlock 放弃。
ended-stuck = 我不会再自己做任何事。请用 /group 和 /lag 查看，然后手工完成（by-hand.md）、回滚，或用 /unlock 放弃。
ended-abandoned = 对这个消费组做任何事之前，请先用 /group 和 /lag 查看。
ended-replicas-safe = 同步副本足够的分区照常读写；哪里不够，请看 /health。
ended-not-checked-moves = 没有检查：期间应用是否变慢。
ended-stuck-moves = 我不会再自己做任何事。请用 /topic 和 /health 查看，然后手工完成（by-hand.md）、回滚，或用 /unlock 放弃。
ended-abandoned-moves = 限速可能仍在：恢复方法见 by-hand.md。再迁移任何东西之前，请先用 /health 查看。
ended-way-back = 用 ↩️ 或 /rollback 发布回滚计划。
ended-approved-by = 批准人：{ $who }
seat-confirmation = 申请人或值班人员的确认
