# 检查结果，按检查的标识；.passed 为通过时，.next 为被拒绝时的下一步。

check-cluster-reachable =
    .passed = 集群有应答
check-cannot-verify = 无法查看{ $part }（{ $failure }），因此什么都不能确认。集群的说明：{ $said }
    .next = 没有改动任何东西。请看 /health，集群恢复应答后再申请。
check-group-inactive = 消费组 { $group } 还有 { $count } 个成员（{ $members }）。Kafka 只能重置已停止的消费组的位点
    .passed = 消费组没有在线成员
    .next = { $static-count ->
        [0] 请停止它们后再申请；或加上 wait-for-stop:30m，我会等待。
       *[other] 请停止它们后再申请；或加上 wait-for-stop:30m，我会等待。其中 { $static-count } 个是静态成员，会话超时后才会离开。
    }
check-group-will-stop = 消费组 { $group } 还有成员（{ $members }）；我会等它们离开，然后设置位点
check-group-is-new = 还没有消费组 { $group }；这次操作会创建它
check-clients-go-on = 消费组 { $group } 有 { $count } 个客户端在工作（{ $members }）。它们不会停下：约 1 至 15 秒后逐个队列转到新位点，重复消费或跳过中间的消息
check-closed-queues-left = { $count } 个队列已对消费者关闭但仍有消息；保持不变
check-group-broadcasts = 消费组 { $group } 是广播模式，每个客户端自己保存位点；broker 上没有可设置的位点
    .next = 请在应用中设置位点。
check-group-must-stop = 消费组 { $group } 有客户端在工作，4.9 的 broker 只能告诉它们一个时间：{ $because }
    .next = 请停止客户端后再申请，或对整个 topic 使用时间、earliest 或 latest。
check-name-servers-silent = { $all } 个 NameServer 中有 { $count } 个没有应答；不知道它们告诉客户端什么
check-no-offset-before = 不可回滚：消费组在 { $count } 个队列没有位点，设置后无法再恢复为没有（例如 { $topic } { $partition }）
check-system-name = { $name } 属于 RocketMQ 自身
    .next = 请留给 broker 管理；请指定你们自己的 topic 或消费组。
check-known-external-offsets = { $hint } 像是 Flink、Spark 或 Connect，它们可能自己保存位点，不理会这里的设置
check-missing-right = { $right-count ->
    [0] 我在集群上缺少权限，集群的说明：{ $said }
   *[other] 我在 { $on } { $name } 上缺少权限 { $right }
}
    .next = 请有 Kafka 管理权限的人授权后再申请。
check-rights-not-told = 集群不说明我在 { $on } { $name } 上有哪些权限
check-rights-sufficient =
    .passed = 所需的权限我都有
check-too-many-partitions = { $count } 个分区超过了一次操作的上限（{ $most }）
    .next = 请逐个 topic 申请，或指定分区。
check-target-clamped = { $count } 个分区的目标超出日志范围，已移到边界（例如 { $topic } { $partition }：{ $wanted } → { $used }）
check-time-nearest-message = 4.9 的 broker 按最接近的时间查找消息，因此最多 { $count } 个队列会重复处理该时间之前的一条消息；不会跳过消息
check-time-before-log-start = { $count } 个分区中没有早于所要时间的消息，位点移到现存的第一条消息（例如 { $topic } { $partition }）
check-time-after-last-record = { $count } 个分区的消息都早于所要的时间，位点移到末尾（例如 { $topic } { $partition }）
check-no-commit-to-shift = { $count } 个分区没有位点，无法平移，保持不变（例如 { $topic } { $partition }）
check-partition-empty = { $count } 个分区是空的，消费组在那里从下一条消息开始（例如 { $topic } { $partition }）
check-partition-without-commit = 消费组在 { $count } 个分区还没有位点，此前从哪里开始由它自己的配置决定（例如 { $topic } { $partition }）
check-partition-offline = { $count } 个分区离线，读不到日志（例如 { $topic } { $partition }）
    .next = 请看 /health，等分区有了 leader 再申请。
check-disk-not-told = broker { $broker } 没有告知磁盘剩余空间；需要 { $needed }
check-disk-too-small = broker { $broker } 剩余 { $found }，而复制加上期间的写入需要 { $needed }
    .passed = 磁盘空间足够
    .next = 请腾出空间，或减少要迁移的 topic。
check-owners-not-callable = 在聊天里通知时无法 @ 到 { $count } 位负责人：设置里没有他们在那里的账号，或给出的身份组不是所有人都能 @
check-owners-unreachable = 有 { $count } 位负责人无法收到通知：设置里没有相应的频道
check-controllers-not-given = 未配置 controller 的监听地址：如果有 broker 宕机，它的限速要等它回来才能恢复
check-controllers-not-reached = controller 没有应答（{ $failure }；它说：{ $said }）：如果有 broker 宕机，它的限速要等它回来才能恢复
    .passed = controller 有应答，宕机 broker 的限速也能恢复
check-controllers-of-another-cluster = 配置的地址上的 controller 属于集群 { $found }，而不是 { $expected }，因此不会使用：如果有 broker 宕机，它的限速要等它回来才能恢复
check-owed-adopted = 操作 { $operation } 还没有恢复 { $things } 原来的限速；由本操作在结束时恢复，{ $operation } 不再负责
check-left-over-throttle = { $brokers-count ->
    [0] { $topics } 上遗留了限速列表；会按原样恢复
   *[other] broker { $brokers } 上遗留了限速；会按原样恢复
}
check-no-replica-to-spare = 有 { $count } 个分区要求全部副本同步（{ $topic } { $partition }，{ $replicas } 个副本）；它们最后逐个迁移
check-racks-on-some = broker { $with } 有机架，broker { $without } 没有，无法保证副本分散
    .passed = 机架信息要么全有要么全无
    .next = 请为所有 broker 设置 broker.rack，或都不设置。
check-reassignment-under-way = 已有 { $count } 个分区在迁移中（{ $topic } { $partition } 迁往 { $found }）；Kafka 会让新的迁移直接覆盖它
    .passed = 没有分区在迁移中
    .next = 请等它结束，或让发起者取消。
check-cannot-call-off = { $topic } { $partition } 原副本所在的 broker { $broker } 已宕机：取消迁移可能使该分区没有 leader
    .next = 请启动 broker { $broker } 后再申请。
check-moves-called-off = 本操作有 { $count } 个迁移还在进行，会先取消它们（{ $topic } { $partition } 等）
check-topics-left-out = { $topics-count ->
   *[other] { $topics } 已不存在，或被删除后重新创建，因此不包含在内：其中没有可以退回的内容
}
check-replicas-moved-on = 有 { $count } 个分区之后被别人迁移过（{ $topic } { $partition }：{ $left } → { $found }）
check-several-log-dirs = broker { $broker } 没有给出它 { $count } 个日志目录各自的剩余空间，因此不指定目录：它按副本数选择，可能选中最满的一个
check-log-dir-too-small = { $picked-by ->
    [room] 副本放不进 broker { $broker } 的 { $count } 个日志目录：按剩余空间分配后，{ $path } 剩余 { $found }，却需要 { $needed }
   *[number] broker { $broker } 的日志目录 { $path } 剩余 { $found }，可能需要 { $needed }：broker 在它的 { $count } 个目录中按副本数而非剩余空间选择
}
    .next = 请在该目录腾出空间，或减少要迁移的 topic。
check-targets-not-alive = { $brokers-count ->
   *[other] broker { $brokers } 未存活或从未存在；存活的有 { $alive }
}
    .passed = 接收副本的 broker 都存活
    .next = 请启动它，或改用别的 broker。
check-throttle-below-inflow = 单个 broker 的写入最高达 { $inflow }/秒，而限速为 { $throttle }/秒：迁移永远不会结束
    .passed = 限速高于写入速度
    .next = 请使用明显高于 { $inflow } 的限速。
check-throttle-above-first = 限速 { $throttle }/秒高于第一个计划可调到的上限（{ $most }/秒）
check-throttle-raised = 现在单个 broker 的写入最高达 { $inflow }/秒，因此限速为 { $throttle }/秒而不是 { $planned }/秒，仍在第一个计划的范围内
check-plan-too-large = 计划压缩后仍有 { $bytes }，而卡片最多附带 { $most }：没有人能看到所投票的内容
    .next = { $topics-count ->
        [0] 请一次少申请一些。
       *[other] 请至少分 { $parts } 次申请。第一次可用（复制最多的 topic）：topics:{ $topics-typed }
    }
check-too-many-moves = { $count } 个副本复制超过单次操作的上限（{ $most }）
    .next = { $topics-count ->
        [0] 单个 topic 就已超过上限：请一次少指定几个 broker。
       *[other] 请至少分 { $parts } 次申请。第一次可用（复制最多的 topic）：topics:{ $topics-typed }
    }
check-under-min-isr = 有 { $count } 个分区的同步副本太少（{ $topic } { $partition }：{ $isr }/{ $replicas }）
    .next = 请查看 /health；先恢复它的副本。
check-under-replicated = 集群中有 { $count } 个分区的同步副本不足（{ $topic } { $partition }：{ $isr }/{ $replicas }）
check-targets-in-log =
    .passed = 所有目标都在日志范围内
check-held-by-running = 操作 { $operation } 正在处理 { $thing } { $name }：等它结束后才开始。缺少投票时，/break-glass 会先让它暂停
check-held-by-other = { $ended-count ->
    [0] 操作 { $operation } 正在处理 { $thing } { $name }
   *[other] 操作 { $operation } 已结束（{ $ended }），在有人决定之前一直占用 { $thing } { $name }
}
    .next = { $ended-count ->
        [0] 请等它结束；用 /status operation:{ $operation } 查看。
       *[other] 请用 /rollback operation:{ $operation } 回滚，或用 /unlock operation:{ $operation } 放弃它。
    }
check-not-held =
    .passed = 那里没有别的操作
check-irreversible = { $operation } 的第 { $step } 步无法回滚
    .next = 用 /status operation:{ $operation } 查看它做了什么。
check-values-as-left =
    .passed = 一切仍是该操作留下的样子
check-values-moved-on = 消费组在 { $count } 个分区里又前进了（例如 { $topic } { $partition }：{ $left } → { $found }）
check-topic-gone = { $count ->
    [0] topic { $topic } 不见了
    [1] topic { $topic } 不见了
   *[other] { $count } 个 topic 不见了（例如 { $topic }）
}
    .next = 没有可以恢复的地方。
check-topic-recreated = topic { $topic } 被删除后重新创建了，旧位点在其中没有意义
    .next = 请用 /reset-offset 设置新的位点。

# 计划所依据、但已不再成立的条件。

broken-cluster-changed = 这个地址上是另一个集群（{ $found }，原为 { $expected }）
broken-topic-gone = { $topic-count ->
    [0] 有一个 topic 不见了
   *[other] topic { $topic } 不见了
}
broken-topic-recreated = topic { $topic } 被删除后重新创建了
broken-topic-partitions-changed = topic { $topic } 现在有 { $found } 个分区，原为 { $expected }
broken-group-has-members = { $members-count ->
    [0] 消费组又有成员了
   *[other] 消费组 { $group } 又有成员了（{ $members }）
}
broken-offsets-changed = 消费组 { $group } 被移动过：{ $topic } { $partition } 现为 { $found }，原为 { $expected }
broken-topic-queues-changed = topic { $topic } 在 { $broker } 上的读/写队列数为 { $found }，原为 { $expected }
broken-group-has-no-clients = 消费组 { $group } 已没有客户端连接
broken-offset-left-the-log = { $topic } { $partition } 的位点 { $offset } 已不在日志范围内（{ $start } 到 { $end }）
broken-assignment-changed = { $topic } { $partition } 现在位于 { $found }，原为 { $expected }
broken-broker-dead = broker { $broker } 未存活
broken-owed-meanwhile = 操作 { $operation } 已经结束，但还有限速没有恢复
broken-disk-too-full = broker { $broker } 剩余 { $found }，需要 { $expected }
broken-log-dir-too-full = broker { $broker } 的日志目录 { $path } 剩余 { $found }，需要 { $expected }
broken-move-has-ended = { $topic } { $partition } 已不在迁往 { $expected } 的途中
broken-partition-is-moving = { $topic } { $partition } 已在迁往 { $found } 的途中
broken-rack-changed = broker { $broker } 现在位于机架 { $found }，原为 { $expected }
broken-reassignment-under-way = 已有 { $count } 个分区在迁移中（{ $topic } { $partition } 等）
broken-setting-changed = { $of } 的 { $key } 现为 { $found }，原为 { $expected }

wait-members-remain = 还有 { $count } 个成员在工作：{ $members }
wait-cannot-look = 无法查看集群：{ $failure }。我会继续尝试
wait-watching-a-little-longer = 已没有成员；再观察一会儿（第 { $streak } 次，共 { $wanted } 次）
wait-offsets-hold-so-far = 正在观察位点是否保持：{ $count } 个队列位于设置的位点或更靠后（第 { $streak } 次，共 { $wanted } 次）
wait-offset-elsewhere = 正在观察位点是否保持：{ $topic } { $partition } 现为 { $found }，设置为 { $to }，原为 { $before }；共 { $count } 个队列。有客户端尚未得知，或仍在提交旧位点
wait-offset-came-back = { $count } 个队列没有保持设置的位点（例如 { $topic } { $partition } 现为 { $found }，设置为 { $to }，原为 { $before }）：有客户端在提交旧位点
wait-moving = { $batches-count ->
    [0] 迁移中
   *[other] 第 { $batch } 批，共 { $batches } 批
}：{ $count } 个分区中 { $done } 个已到位
wait-move-stalled = 已有 { $span } 待复制的数据没有减少：{ $count } 个分区已到达 { $done } 个。请查看 broker 的日志和磁盘{ $throttle-count ->
    [0] { "" }
   *[other] ，以及写入流量：当前限速为每个 broker { $throttle }/s，可用 /throttle 调整
}
wait-move-overridden = 有人把 { $topic } { $partition } 改迁到了 { $found }，原定 { $expected }
wait-moved-since = { $count } 个分区中有 { $verified } 个与计划一致。{ $topic } { $partition } 到位之后被别人迁移：现在位于 { $found }，应为 { $expected }
wait-looking-once-more = 结束前再确认一次：{ $count } 个分区中有 { $verified } 个与计划一致。{ $topic } { $partition } 显示位于 { $found }，应为 { $expected }
wait-replicas-behind = 全部已迁移，{ $count } 个分区中有 { $verified } 个完整。{ $topic } { $partition } 有 { $isr }/{ $replicas } 个同步副本；恢复后会自动结束
wait-next-not-in-sync = 下一批次暂不开始：{ $topic } { $partition } 有 { $isr } 个同步副本，需要 { $least } 个。恢复后会自动开始
wait-next-offline = 下一批次暂不开始：{ $topic } { $partition } 没有 leader。恢复后会自动开始
wait-next-without-room = 下一批次暂不开始：broker { $broker } 的日志目录 { $path } 剩余空间 { $found }，需要 { $expected }。腾出空间后会自动开始
wait-under-min-isr = { $topic } { $partition } 只有 { $isr } 个同步副本，需要 { $least } 个。不再开始新的批次；进行中的迁移以最低速度继续
wait-cannot-turn-round = { $topic } { $partition } 不会退回，因为其原副本所在的 broker { $broker } 已宕机，退回可能导致没有 leader。它会继续迁完
wait-wait-ran-out = { $members-count ->
    [0] { $streak-count ->
        [0] 消费组没有按时停止
       *[other] 消费组停止得太晚，无法确认它不会再启动
    }
   *[other] 消费组没有按时停止；仍在工作：{ $members }
}
wait-wait-ended-unseen = 等待时间已到，但无法查看集群（{ $failure }）：不知道消费组是否已停止

why-abandoned = 由 { $first } 和 { $second } 用 /unlock 放弃：{ $reason }
why-cancelled = 由 { $by } 取消
why-card-altered = 卡片被别人改动过，因此重新发布
why-card-gone = 卡片被删除了，因此重新发布
why-changed = 由 { $by } 修改：重新请求全部投票
why-channel-opened = 现在这个服务器的所有人都能看到这个频道，而发布卡片时还不能。因此没有开始执行，卡片重新发布：此后的投票所有人都能看到。若不希望如此，请把频道改回私密，或用 /reject 否决，到别的频道申请
why-chat-unreachable = 现在读不到投票，先等待
why-votes-unreadable = 现在读不到卡片上的表态，其中可能有否决，因此先等待
why-cluster-not-configured = 设置里已没有这个集群
why-cluster-only-observed = 按设置，这个集群只观察：不在上面改动任何东西
why-command-gone = 这个命令已不存在
why-foreign-value = { $topic-count ->
    [0] 有人动过：{ $of } 的 { $key } 现为 { $found }
   *[other] 有别人动过：{ $topic }{ $partition-count ->
        [0] { "" }
       *[other] { " " }{ $partition }
    } 现为 { $found }
}
why-group-gone = 消费组已不存在
why-group-subscribed = 这个 topic 上又有该消费组的消费者
why-owners-not-told = { $said-count ->
    [0] 未能及时通知相关负责人，因此我不做任何改动。请先告知他们，再由申请人以外的人用 /resume 让它继续
   *[other] 无法通知相关负责人（{ $said }），因此我不做任何改动。请先告知他们，再由申请人以外的人用 /resume 让它继续
}
why-out-of-bounds = 需要做的超出了批准的范围（{ $topic } { $partition }）
why-glass-broken = { $by } 紧急放行：“{ $reason }”
why-glass-lapsed = 紧急放行的人已没有这项权限；等待投票
why-paused-for-break-glass = 已暂停：{ $by } 为占用同一对象的操作 { $operation } 紧急放行：“{ $reason }”。本操作结束后，若仍需要，它才开始：用 /stop，或由申请人以外的人用 /resume
why-pause-asked = { $reason-count ->
    [0] 由 { $by } 暂停
   *[other] 由 { $by } 暂停：{ $reason }
}
why-plan-unreadable = 保存的计划无法读取，因此不执行：{ $said }
why-place-not-allowed = 设置已不允许在此处操作这个集群
why-policy-stricter = 制定计划后设置变严了；等待缺少的投票
why-replanned-too-often = 集群变化太快，计划跟不上；请等它稳定后再申请
why-requester-not-a-member = 申请人已不是这里的成员
why-requester-without-right = 申请人已没有申请此操作的权限
why-resumed = { $reason-count ->
    [0] 由 { $by } 恢复
   *[other] 由 { $by } 恢复：{ $reason }
}
why-seeds-lost = 为消费组写入的 { $count } 个位点（首个在 { $topic } 中）一再丢失，多次重新写入仍未保留
why-stale = 集群与制定计划时不同了：{ $because }
why-stop-asked = { $reason-count ->
    [0] 由 { $by } 停止
   *[other] 由 { $by } 停止：{ $reason }
}
why-stop-unverified = { $by } 要求停止，但现在查不到其角色，因此我先暂停。能查到之后，如果 { $by } 有权要求就停止；在此之前，申请人以外的人可用 /resume 让它继续
why-tried-too-often = { $failure-count ->
    [0] 尝试了 { $attempts } 次，集群都没有接受
   *[other] 尝试了 { $attempts } 次，集群都没有接受：{ $failure }；集群的说明：{ $said }
}
why-vetoed = 被 { $by } 否决
why-vote-withdrawn = 开始前有人撤回了投票，重新等待投票
why-voter-cannot-be-verified = 现在查不到某人的角色，先等待
check-commits-move-without-members = 消费组 { $group } 没有成员，但位点仍在变化（例如 { $topic } { $partition }）：有程序在自行提交，可能不理会重置
check-group-kind-not-supported = { $group } 属于暂不支持重置的消费组类型
    .next = 仅支持 classic 与 consumer 两种消费组。
check-saved-offset-left-the-log = { $count } 个保存的位点已不在当前日志范围内（例如 { $topic } { $partition }：{ $saved }）
why-start-not-recorded = 日志中没有此计划的启动记录；未执行任何操作
check-cluster-changed = 这个地址上是另一个集群（{ $found }，原为 { $expected }）
    .next = 请核对设置中的地址是否为目标集群。

# 整个 topic 与消费组。

check-system-topic = { $topic } 是系统自己的 topic
    .next = 它只由 Kafka 及其自带工具管理。
check-topic-exists = topic { $topic } 已存在，有 { $partitions } 个分区
    .passed = 没有同名的 topic
    .next = 请换一个名字，或用 /topic-alter 修改它。
check-name-collides = { $topic } 与已有的 { $found } 在 Kafka 指标中同名（点会变成下划线），Kafka 会拒绝
    .next = 请换一个名字。
check-too-few-brokers = { $replicas } 个副本需要 { $replicas } 个 broker，而存活的只有 { $brokers } 个
    .next = 请减少副本数，或启动缺少的 broker。
check-too-many-new-partitions = 新增 { $count } 个分区超过单次操作的上限（{ $most }）
    .next = 请减少数量。
check-min-isr-above-replicas = { $topic } 要求 { $least } 个同步副本，却只有 { $replicas } 个副本：要求全部确认的生产者将无法写入
    .next = min.insync.replicas 最多为 { $replicas }，最好少一个。
check-racks-too-few = broker 只分布在 { $racks } 个机架，{ $replicas } 个副本中会有同机架的
check-single-replica = { $topic } 只有一个副本：所在 broker 丢失，数据就没了
check-keys-move = 此后 { $topic } 中同一个 key 的消息会进入别的分区（{ $from } → { $to }）；依赖顺序的消费者会遇到一次乱序
check-keys-said-unused = 申请人说没有人依赖 { $topic } 的 key；否则此后同一个 key 的消息会进入别的分区（{ $from } → { $to }）
check-compacted-topic = { $topic } 是压实的：换了分区的 key，其旧值会永远留在原分区
check-groups-at-work = 正在消费的组最迟几分钟后才知道新分区；从末尾开始消费的会错过在那之前写入的消息（{ $groups }）
check-shrink-not-possible = Kafka 不能减少 topic 的分区（{ $topic } 有 { $from } 个，要求 { $to } 个）
    .next = 请用 /topic-create 新建一个 { $to } 个分区的 topic，让生产者改写到那里；等所有消费组读完旧 topic（/lag），让消费者切换，再用 /topic-delete 删除旧的。
check-clients-connected = 还有 { $count } 个客户端在读 { $topic }（{ $groups }）
    .passed = 没有客户端在读它
    .next = 请停止它们后再申请。
check-topic-written-lately = 最近 { $span }内有 { $count } 条消息写入 { $topic }：仍有人在生产
    .passed = 最近没有人写入
    .next = 请停止生产者，{ $span }后再申请。
check-unread-records-go = 将丢失 { $count } 条并非所有消费组都读过的消息（{ $groups }）
check-records-expire = { $topic } 中最多 { $count } 条消息（{ $bytes }）会因过旧或过多被删除；各消费组都已读过
check-unread-records-expire = { $topic } 中最多 { $count } 条消息（{ $bytes }）会因过旧或过多被删除；其中 { $unread } 条并非所有消费组都读过（{ $groups }）
check-cleanup-changes = 此后 { $topic } 保留什么由别的规则决定（{ $keys }）；会删除多少消息无法计算
check-settings-moved-on = { $key } 之后被别人改过（{ $left } → { $found }）
check-topic-not-empty = 创建以来已有 { $count } 条消息写入 { $topic }
    .next = 请用 /topic-delete 删除，它会说明丢失什么。
check-topic-not-as-made = { $topic } 与创建时不同（{ $found }）：有人改过或重新创建了它
    .next = 请用 /topic 查看；如果确实要删，请用 /topic-delete。
check-groups-make-themselves = Kafka 不需要创建消费组：{ $group } 由它的第一个消费者或第一次提交位点产生
    .next = 请启动它的消费者，或用 /reset-offset 加 new-group:true 设置位点。
broken-topic-exists = topic { $topic } 已存在
broken-topic-written = 有人写入了 { $topic }：分区 { $partition } 末尾现为 { $found }，原为 { $expected }
broken-clients-connected = { $topic } 又有人在读（{ $groups }）
