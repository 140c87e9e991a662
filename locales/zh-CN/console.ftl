# 控制台自身的提示语。

console-welcome = 您的身份是 { $name }（{ $account }）
console-welcome-next = 输入 /help 查看可用命令；Tab 补全，Ctrl-D 退出
console-who = 您的身份是 { $name }（{ $account }）
console-help = 命令以斜杠开头：/help 列出全部命令。控制台自身的指令：
console-directive = { $directive }：{ $what }
console-directive-as = 切换为演示中的另一个人
console-directive-file = 显示此处某张卡片所附的文件，例如 plan.txt
console-directive-who = 查看当前身份
console-directive-help = 显示本说明
console-directive-quit = 退出，与 Ctrl-D 相同
console-unknown-directive = 没有“{ $given }”这个指令。可用的有：
console-no-personas = 这里的身份就是您在本机的身份；只有在演示中才能切换
console-speaks-as = 现在起您的身份是 { $name }
console-unknown-persona = 这里没有叫“{ $given }”的人；可以切换为 { $names }
console-unknown-file = { $count ->
    [0] 此处显示过的卡片都没有名为“{ $given }”的文件
   *[other] 此处显示过的卡片都没有名为“{ $given }”的文件；现有：{ $names }
}
console-gone = 机器人已断开：连接已结束。已经开始的操作会在其运行处继续；重新加入即可查看
console-nobody-there = { $socket } 上没有机器人在监听
console-closed = 无法打开套接字 { $socket }：{ $said }
console-other-version = 正在运行的机器人与此控制台版本不同；请使用相同版本的控制台
console-stranger = 机器人无法从系统得知您是谁，因此不接受您的命令
console-not-a-bot = 在该套接字上监听的不是机器人
console-busy = 同时进行的请求过多：请稍后再试
console-failed = 机器人一侧出了错；用 /operations 查看已开始的操作
console-line-too-long = 该行过长：最多读取 { $most } 字节
console-not-text = 该行不是 UTF-8 文本
console-missed = { $count ->
   *[other] 有 { $count } 张卡片来得太快，未能显示；用 /operations 查看现状
}
console-under-way = 集群尚未回答，仍在查看。按 Ctrl-C 可不再等待
console-not-waiting = 不再等待回答；命令仍可能生效：用 /operations 查看
console-started = 没有正在运行的机器人，因此由此控制台运行。您离开时它随之结束，下次有机器人运行时从原处继续。其日志：{ $log }
console-left-open = { $count ->
   *[other] 有 { $count } 个操作尚未结束；下次有机器人运行时会继续
}
