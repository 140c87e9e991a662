# 对请求的私下答复。

answer-planned = { $seats ->
    [0] 计划 { $operation } 已发布；不需要投票，只需你自己确认
   *[other] 计划 { $operation } 已发布；需要 { $seats } 票
}
answer-bug = 我这边出错了
answer-bug-next = 维护者可凭下面的请求号在日志里找到原因；已开始的操作见 /operations
footer-request = 请求 { $request }
footer-check = 检查 { $check }，请求 { $request }

dry-run-needs = 正式执行需要 { $wanted } 票：{ $who }
dry-run-needs-nobody = 正式执行不需要投票
dry-run-nothing = 什么都没有保存，也没有征求任何人

not-now = 现在不行
refused = { $not-now }：{ $why }。
refused-also = 另外：{ $why }（检查 { $check }）
refused-without-check = 有一项检查不允许

denied-no-role = 你在这里没有可以这样做的角色
denied-not-here = 不能在这个频道里申请
denied-direct-message = 我不接受私信里的命令；请在团队频道里申请
denied-foreign-guild = 我不为这个服务器工作
denied-not-yours = 这是别人的
denied-bot = 我不接受机器人的命令
denied-needs = 需要角色 { $role }；用 /whoami 查看你的角色

failed-cluster = 无法询问集群：{ $failure }
failed-said = 对方的说明：{ $said }
failed-nothing-changed = 没有改动任何东西。请一分钟后再试；集群状况见 /health
failed-store-unavailable = 我现在无法写入自己的记录，所以不做任何改动

controlled-vote-counted = 你对 { $operation } 的投票已计入。现在：{ $state }
controlled-vote-withdrawn = 你对 { $operation } 的投票已收回。现在：{ $state }
controlled-vote-not-counted = 你对 { $operation } 的投票没有计入；原因见卡片
controlled-vetoed = 你否决了 { $operation }。这份计划不能再批准
controlled-cancelled = { $operation } 已取消；没有改动任何东西
controlled-stop-asked = { $operation } 将停在下一个安全点。现在：{ $state }
controlled-pause-asked = { $operation } 将在下一个安全点暂停。现在：{ $state }
controlled-resumed = { $operation } 继续执行。现在：{ $state }
controlled-rollback-posted = { $operation } 的撤回计划已发布
controlled-unlock-first = 已记下。15 分钟内再有一人重复此命令，{ $operation } 就会被放弃
controlled-unlocked = { $operation } 已放弃，不再占用任何东西；继续之前请先查看消费组
controlled-other = 好了。{ $operation } 现在：{ $state }

did-you-mean = 你是不是要找 { $suggestions }？
mistake-unknown-command = 没有命令 { $typed }
    .next = 用 /help 查看全部命令
mistake-unknown-option = { $command } 没有选项 { $option }
    .next = 用 /help 查看它的选项
mistake-missing-option = 缺少选项 { $option }
    .next = 用 /help 查看该填什么
mistake-not-built-yet = { $option } 还不能用；我宁可不做，也不忽略它
    .next = 请去掉它再申请
mistake-bad-value = { $option } 不能是 { $typed }
    .next = 可以填 { $accepted }
mistake-time-in-future = { $typed } 在将来
    .next = 要到日志末尾请用 latest
mistake-time-ambiguous = { $typed } 在那里出现两次：当晚时钟往回拨
    .next = 请加上与 UTC 的时差，例如 +01:00
mistake-time-never = { $typed } 在那里不存在：当晚时钟往前拨
    .next = 请加上与 UTC 的时差，例如 +01:00
mistake-unknown-format = { $typed } 不是我认识的格式
    .next = 可以填 { $accepted }
mistake-unknown-cluster = 我不认识集群 { $cluster }
    .next = 用 /clusters 查看全部集群
mistake-unknown-topic = { $cluster } 上没有 topic { $topic }
    .next = 名字逐字比较，区分大小写
mistake-unknown-group = { $cluster } 上没有消费组 { $group }
    .next = 名字逐字比较，区分大小写
mistake-unknown-operation = 没有操作 { $operation }
    .next = 用 /operations 查看全部操作
mistake-too-long = { $option } 太长
    .next = 最多 { $most } 个字符
mistake-nothing-to-do = 没有要做的事：消费组已经在你要的位置
    .next = 用 /lag 查看它的位置
