# 对请求的私下答复。

answer-planned = { $seats ->
    [0] 计划 { $operation } 已发布；不需要投票，只需你自己确认
   *[other] 计划 { $operation } 已发布；需要 { $seats } 票
}
answer-bug = 我这边出错了
answer-bug-next = 维护者可凭下面的请求号在日志里找到原因；已开始的操作见 /operations
footer-request = 请求 { $request }
footer-not-recorded = 没有写入审计日志：现在无法写入
footer-not-yet-recorded = 尚未写入审计日志：正在等待写入
footer-not-attached = 本频道不附上 { $files }
footer-check = 检查 { $check }，请求 { $request }

dry-run-needs = 正式执行需要 { $wanted } 票：{ $who }
dry-run-needs-confirmation = 正式执行不需要投票，只需{ $who }
dry-run-needs-nobody = 正式执行不需要投票
dry-run-nothing = 什么都没有保存，也没有征求任何人

not-now = 现在不行
refused = { $not-now }：{ $why }。
refused-also = 另外：{ $why }（检查 { $check }）
refused-more = + 另有 { $more } 项
refused-without-check = 有一项检查不允许

denied-no-role = 你在这里没有可以这样做的角色
denied-not-here = 不能在这个频道里申请
denied-direct-message = 我不接受私信里的命令；请在团队频道里申请
denied-foreign-guild = 我不为这个服务器工作
denied-not-yours = 这是别人的
denied-bot = 我不接受机器人的命令
denied-beyond-sight = 这还涉及你范围之外的 topic 或消费组；请用 topic: 指定你的 topic
denied-beyond-sight-of-list = 这涉及你范围之外的 topic 或消费组，或者没有匹配到任何 topic；请用 topics: 指定你的 topic
denied-cannot-verify = 现在查不到你的角色；请一分钟后再试
denied-not-a-member = 你现在不是这里的成员
denied-another-person = 这需要申请人以外的另一个人
denied-not-your-review = 复核须由他人结束：不能是紧急放行的人，也不能是申请人
denied-unknown-button = 这个按钮不起作用：它不是我的，或者来自旧版本
denied-unreadable = 我读不懂你的客户端发来的内容，没有做任何事。请更新客户端，或重新输入命令
denied-vote = 你的投票不计入（{ $why }）
denied-needs = 需要角色 { $role }；用 /whoami 查看你的角色

failed-cluster = 无法询问集群：{ $failure }
failed-said = 对方的说明：{ $said }
failed-nothing-changed = 没有改动任何东西。请一分钟后再试；集群状况见 /health
failed-store-unavailable = 我现在无法写入自己的记录，所以不做任何改动
failed-store-damaged = 我保存的相关内容无法读取，或者被改动过，因此其中任何内容都不会执行
failed-chat-unreachable = 聊天平台没有应答，因此无法读取那里的内容

answer-shared = 正在发布：此处的所有人都会看到，不含客户端地址
shared-by = { $who } 分享了 { $at } 看到的情况
controlled-changed = { $operation } 已按你的修改重新计划；新卡片重新请求投票，之前的票都不再计入
controlled-vote-counted = 你对 { $operation } 的投票已计入。现在：{ $state }
controlled-vote-stored = 你对 { $operation } 的投票已保存；能读到全部投票时计入
controlled-vote-withdrawn = 你对 { $operation } 的投票已撤回。现在：{ $state }
controlled-vote-not-counted = 你对 { $operation } 的投票没有计入；原因见卡片
controlled-vetoed = 你否决了 { $operation }。这份计划不能再批准
controlled-cancelled = { $operation } 已取消；没有改动任何东西
controlled-stop-asked = { $operation } 将停在下一个安全点。现在：{ $state }
controlled-pause-asked = { $operation } 将在下一个安全点暂停。现在：{ $state }
controlled-resumed = { $operation } 继续执行。现在：{ $state }
controlled-rollback-posted = { $operation } 的回滚计划已发布
controlled-glass-broken = 你已对 { $operation } 紧急放行；被跳过的人会收到通知，由他人复核。现在：{ $state }
controlled-glass-broken-in-vain = 你已对 { $operation } 紧急放行，但它没有继续：{ $state }。原因见卡片
controlled-glass-broken-stored = 你已对 { $operation } 紧急放行；其中可能有否决，能读到全部投票时才继续
controlled-review-closed = { $operation } 的复核已结束
controlled-unlock-first = 已记下。15 分钟内再有一人重复此命令，{ $operation } 就会被放弃
controlled-unlocked = { $operation } 已放弃，不再占用任何东西；继续之前请先查看消费组
controlled-unlocked-owes = { $operation } 已放弃。只为执行期间设置的内容我仍会恢复；在此之前 /health 会一直显示
controlled-owed-first = 已记下。15 分钟内再有一人重复此命令，{ $operation } 尚未恢复的内容就会被放弃
controlled-owed-given-up = { $operation } 尚未恢复的内容已放弃：我不再处理，留下的设置保持原样
answer-frozen = 已冻结：{ $freeze }
answer-frozen-but = 在此之前那里不会启动任何变更。进行中的继续，照常制定计划和表决；回退和使其安全的操作从不受阻
answer-frozen-next = 审批人可提前解除：{ $line }
answer-unfrozen = 已解除：{ $freeze }。那里已批准的变更会自动启动
answer-unfrozen-one = 已解除：{ $freeze }。它不是唯一的一个
answer-still-frozen = 仍然冻结：{ $freeze }
controlled-throttle-asked = 已记下。{ $operation } 在下一次查看时采用新的限速；设置后会在子区通知
controlled-other = 好了。{ $operation } 现在：{ $state }

suggestions = 你是不是要找 { $suggestions }？
did-you-mean = 你是不是要写 { $did-you-mean }？
accepted = 可以填：{ $accepted }
choices = 可选：{ $choices }
mistake-already-as-before = 没有要恢复的：一切都在 { $operation } 之前的位置
mistake-already-shared = 已经分享过了
mistake-shared-too-often = 您在一刻钟内分享得太多：请稍候，或用自己的话说明
mistake-another-cluster = 这份计划针对 { $cluster }，修改也只能针对它
    .next = 如需操作另一个集群，请单独执行命令
mistake-another-command = 这份计划来自 /{ $command }，只能修改这个命令
    .next = 如需另一个命令，请单独执行
mistake-another-plan = 这不是现在有效的计划（{ $operation } 的第 { $revision } 版）
    .next = 请看最新的卡片，对那一份投票
mistake-bare-number = { $given } 可能是位点，也可能是平移
    .next = 请写 offset:{ $given }，或 shift:+{ $given }、shift:-{ $given }
mistake-changed-too-often = { $operation } 的计划已修改 { $most } 次，不能再改
    .next = 请用 /stop 取消后重新申请
mistake-changed-meanwhile = { $operation } 同时发生了变化；现在：{ $state }
    .next = 如仍需要，请再申请一次
mistake-command-not-built-yet = { $what } 在这里还不能用
mistake-confirm-differs = { $given } 不是这份计划所改动的名称
    .next = 请逐字键入卡片上的名称
mistake-digest-not-whole = { $given } 只是摘要的开头
    .next = 请从 plan.txt 的第一行复制完整的 64 位
mistake-duration-too-long = { $option } 为 { $given }，太长
    .next = 最多 { $most }
mistake-duration-too-short = { $option } 为 { $given }，太短
    .next = 至少 { $least }
mistake-empty = { $option } 是空的
mistake-empty-line = 什么都没有输入
    .next = 用 /help 查看全部命令
mistake-first-not-verified = 现在查不到先提出的 { $by } 的角色
    .next = 请一分钟后再试
mistake-form-late = 未能及时打开修改 { $operation } 的表单；未做任何改动
    .next = 请再点一次
mistake-frozen-by-tier = { $cluster } 本身没有冻结，冻结的是它的级别（{ $tier }）
    .next = 用 /unfreeze 加 tier: 解除，对该级别的全部集群生效
mistake-group-is-not-new = 消费组 { $name } 已经存在
    .next = 请去掉 new-group 再申请
mistake-group-without-commits = 消费组 { $name } 还没有位点
    .next = 请指定 topic，我会在那里设置
mistake-line-too-long = 这一行太长
    .next = 最多 { $most } 个字符
mistake-missing-option = 缺少选项 { $option }
mistake-no-commit-to-shift = 消费组 { $group } 在这些分区里没有可平移的位点
    .next = 请用 earliest、latest、位点或时间
mistake-no-slash = 命令以斜杠开头，{ $given } 不是
    .next = 用 /help 查看全部命令
mistake-no-such-date = 没有这样的日期或时间：{ $given }
mistake-no-open-review = 这里没有待结束的复核：未曾紧急放行，或已有人复核
mistake-no-seat-to-skip = 这里没有可由紧急放行跳过的投票
    .next = 只需确认的，值班人员用 /approve 确认
mistake-no-vote-to-withdraw = 你在这份计划上没有可撤回的投票
mistake-not-a-choice = { $option } 不能是 { $given }
mistake-not-a-digest = { $given } 不是摘要
    .next = 请从 plan.txt 的第一行复制完整的 64 位
mistake-not-a-duration = { $given } 不是一段时间
mistake-not-a-flag = { $option } 只能是 true 或 false，不能是 { $given }
mistake-not-a-group-name = { $most-count ->
    [0] { $given } 不能是消费组的名字：{ $problem }
   *[other] { $given } 不能是消费组的名字：{ $problem }；最多 { $most } 个字符
}
mistake-not-a-shift = { $given } 不是平移
    .next = 请写 shift:+100 或 shift:-100
mistake-not-a-time = { $given } 不是我认识的格式
mistake-not-a-topic-name = { $most-count ->
    [0] { $given } 不能是 topic 的名字：{ $problem }
   *[other] { $given } 不能是 topic 的名字：{ $problem }；最多 { $most } 个字符
}
mistake-not-an-offset = { $given } 不是位点
    .next = 请写 offset: 和数字
mistake-not-an-operation = { $given } 不是操作的编号
    .next = 编号是六位字母和数字；用 /operations 查看
mistake-not-built-yet = { $option } 还不能用；我宁可不做，也不忽略它
    .next = 请去掉它再申请
mistake-not-for-verify = { $option } 用于缩小检索范围；哈希链总是整体校验
    .next = 去掉它，或去掉 action:verify 再试
mistake-not-partitions = { $given } 不是分区列表
mistake-nothing-changed = { $operation } 申请的正是这些；投票保持不变
mistake-not-to-be-changed = { $operation } 是回滚操作，由被回滚的操作推算而来，不能修改
    .next = 请用 /stop 取消后另行申请
mistake-nothing-to-resume = 没有可以继续的；{ $operation } 的状态：{ $state }
mistake-not-possible-now = 现在不能这样做；{ $operation } 的状态：{ $state }
    .next = 用 /status operation:{ $operation } 查看
mistake-no-placement = 集群的布局无法得出放置方案：{ $said }
mistake-not-a-rate = { $given } 不是每秒的数据量
mistake-not-brokers = { $given } 不是 broker 编号列表
mistake-not-topics = { $given } 不是 topic 列表
mistake-rate-in-decimal = { $given }：{ $unit } 是十进制单位，这里的速率按 1,024 计
    .next = 请写成 50MiB 或 1GiB
mistake-nothing-comes-in = 最近 { $window } 内没有任何 topic 有写入，无法选出最繁忙的：请指定 topic，或稍后再试
mistake-no-throttle-to-turn = 这个操作没有限速的迁移
mistake-throttle-out-of-bounds = { $given }/秒超出批准的范围：{ $slowest }/秒到 { $fastest }/秒
    .next = 在此范围内随时可调；需要更多，请停止后重新申请。
mistake-rate-of-zero = 速率为零时什么都不会到达
mistake-brokers-have-their-share = broker { $brokers } 已经拥有这些 topic 的应有份额；没有要迁移的
mistake-not-frozen = 那里没有这样的冻结
    .next = 用 /clusters 查看有哪些冻结及其六位编号
mistake-nothing-to-do = 没有要做的事：消费组 { $group } 已经在你要的位置
    .next = 用 /lag 查看它的位置
mistake-nothing-to-share = 没有可分享的：该回答属于别人、已过时，或来自重启之前
    .next = 请重新查看后再分享
mistake-nothing-to-take-back = { $operation } 没有改动任何东西，没有可回滚的
mistake-open-quote = 引号没有闭合（第 { $column } 个字符）
mistake-option-needs-option = { $option } 只能和 { $needs } 一起用
mistake-partition-twice = { $given } 里分区 { $partition } 出现了两次
mistake-repeated-option = { $option } 出现了两次
mistake-text-has-control-characters = { $option } 含有无法显示的字符
mistake-text-too-long = { $option } 太长
    .next = 最多 { $most } 个字符
mistake-time-does-not-exist = { $given } 在 { $zone } 不存在：时钟从 { $gap-from } 拨到 { $gap-to }
    .next = 请选之前或之后的时间，或加上与 UTC 的时差
mistake-time-exists-twice = { $given } 在 { $zone } 出现两次，因为时钟往回拨：{ $first } 和 { $second }
    .next = 请加上与 UTC 的时差，例如 +01:00
mistake-time-in-past = { $given } 已经过去；现在是 { $now }
mistake-time-in-future = { $given } 在将来（{ $at }）
    .next = 要到日志末尾请用 latest
mistake-time-too-far = { $given }（{ $at }）太远：最多 { $most }
mistake-time-too-early = { $at-count ->
    [0] { $given } 早于 1970 年
   *[other] { $given } 早于 1970 年（{ $at }）
}
    .next = 要到日志开头请用 earliest
mistake-too-many-partitions = { $given } 的分区太多，或编号太大
    .next = 上限为 { $most }
mistake-too-many-plans = 您已有 { $most } 个计划在等待，不能再多
    .next = 请用 /stop 取消一个，或等其中一个执行完；/operations 可列出它们
mistake-too-many-freezes = 那里已有 { $most } 个冻结；请先解除一个
mistake-too-long-for-form = { $operation } 的命令超出表单的长度（最多 { $most } 个字符）
    .next = 请用 /stop 取消后重新申请
mistake-unknown-cluster = 我不认识集群 { $given }
    .next = 用 /clusters 查看全部集群
mistake-unknown-command = 没有命令 { $given }
    .next = 用 /help 查看全部命令
mistake-unknown-escape = 反斜杠之后只能是引号或反斜杠（第 { $column } 个字符）
mistake-unknown-group = 没有消费组 { $name }
    .next = { $add-count ->
        [0] 名字逐字比较，区分大小写
       *[other] 名字逐字比较，区分大小写。如果要由这次操作创建它，请加上 { $add }
    }
mistake-unknown-handle = { $given } 不代表我知道的任何名字
    .next = 请输入完整的名字
mistake-unknown-operation = { $given-count ->
    [0] 没有这样的操作
   *[other] 没有操作 { $given }
}
    .next = 用 /operations 查看全部操作
mistake-unknown-option = { $command } 没有选项 { $option }
mistake-unknown-partition = topic { $topic } 没有分区 { $partition }；它有 { $partitions } 个分区，从 0 数起
mistake-unknown-topic = 没有 topic { $name }
    .next = 名字逐字比较，区分大小写
mistake-unknown-zone = 我不认识时区 { $zone }
    .next = 请写 Asia/Shanghai、+08:00 或 Z 这样的时区
mistake-unreadable = { $option } 的内容无法读懂
mistake-which-freeze = 那里有多个冻结，每个都有效：请用 freeze: 指明哪一个
mistake-voting-closed = { $operation } 的投票已结束；状态：{ $state }
mistake-word-without-option = { $given } 不属于任何选项
asked-back = 你的投票针对这份计划：{ $what }
asked-back-next = 要批准的正是这一份，请输入：{ $line }
asked-back-type = 此操作不可回滚。要批准的正是这一份，请在末尾键入所改动的名称：{ $line }
asked-back-glass = 你将对这份计划紧急放行：{ $what }
asked-back-glass-next = 要在缺少投票的情况下执行的正是这一份，请填写原因，并在末尾键入所改动的名称：{ $line }
demo-what = 一个完整的机器人，运行在模拟集群上：两个 Kafka 集群，有流量、消费组和积压。
demo-gone = 数据存放在临时目录，退出后不留任何东西。
demo-try = 以 alice 的身份试试：
demo-vote = 计划由他人批准：先 { $switch }，再按卡片上的提示 /approve。
mistake-has-so-many-partitions = { $topic } 已经有 { $to } 个分区
mistake-not-more-partitions = { $topic } 有 { $from } 个分区，多于 { $to } 个
    .next = 分区只能增加；/shrink-partitions 会说明可以怎么办
mistake-not-fewer-partitions = { $topic } 有 { $from } 个分区；{ $to } 并不更少
    .next = 用 /expand-partitions 增加分区
mistake-setting-not-allowed = 我不在 topic 上设置 { $key }
    .next = 可以设置的有：{ $accepted }
mistake-setting-value = { $key } 不接受 { $given }
    .next = 可用的值例如 { $accepted }，或 default（恢复默认）
mistake-settings-as-wanted = { $topic } 的配置已经是这样
mistake-not-a-count = { $given } 不是 1 到 { $most } 之间的整数
mistake-not-settings = { $given } 不是配置列表
mistake-setting-twice = { $key } 写了两次
mistake-too-many-settings = { $count } 项配置超过一次申请的上限（{ $most }）
