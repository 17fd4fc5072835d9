"""Messages of patients and how urgent they are; ``E`` emergency, ``U`` urgent, ``R`` routine."""

from __future__ import annotations

EMERGENCY = """
胸口像压了块大石头，还出冷汗
我爸突然胸痛得厉害，左胳膊也疼
心口压得慌，一身冷汗，快喘不上气了
我喘不过气来了
老公嘴唇发紫，喘不上气
妈妈嘴歪了，一边手抬不起来
爷爷突然说话含糊不清，半边身子没力气
突然头痛得像被雷劈了一样，这辈子最痛的一次
我不想活了
活着没意思，想一了百了
我准备跳楼
我刚吃了一整瓶安眠药
孩子误喝了洁厕灵
奶奶喝了敌敌畏
宝宝吞了一颗纽扣电池
吃完花生后嘴唇肿了，喉咙发紧
打完头孢全身起疹子，喘不上气
孩子抽搐了，叫不醒
他没有呼吸了
老人摔倒后一直叫不醒
吐血了，吐了一大口鲜血
大便黑得像柏油，头晕站不住
手被割了，血喷出来止不住
烧炭取暖后全家头痛恶心，有人晕倒了
被蛇咬了
触电了，人倒在地上
宝宝两个月，发烧38.5度
怀孕30周，突然阴道大出血
羊水破了，脐带掉出来了
化疗后第八天，发烧39度
睾丸突然剧痛
眼睛里溅到了烧碱
右眼突然看不见了
车祸后肚子剧痛，出冷汗
糖尿病，血糖测不出来太高了，一直吐，人迷糊
血糖2.1，人叫不醒
吃东西卡住了，说不出话，脸发紫
想杀了我老婆
尿不出来一整天了，肚子胀得难受
胸口撕裂样疼，一直疼到后背
喝农药了
crushing chest pain going down my left arm and I'm sweating
I can't breathe
my mother's face is drooping and she can't lift her arm
worst headache of my life, came on suddenly
I want to kill myself
I took the whole bottle of pills
my baby swallowed a button battery
my tongue is swelling and my throat is closing after eating peanuts
he is not breathing
she won't wake up
my son is having a seizure
I'm vomiting blood
the bleeding won't stop, blood is spurting out
bitten by a snake
my 6 week old baby has a fever
pregnant and bleeding heavily
sudden loss of vision in one eye
he drank bleach
I'm on chemo and have a fever of 39
sudden severe testicle pain
bleach splashed in my eye
dad collapsed and has no pulse
he passed out after working in the heat and is confused
I have a gun and I'm going to end it
overdosed on paracetamol
carbon monoxide alarm went off and we all have headaches
不是胸痛，是胸口压榨感，出冷汗
没吃饭就突然胸痛，出冷汗
以前没有过，现在胸痛得厉害，还出冷汗
没什么原因突然喘不上气
不知道怎么了，突然半边身子动不了
no idea why but I can't breathe
他以前心梗过，现在胸痛
朋友说他想自杀
同学发消息说不想活了，还割腕了
my neighbour collapsed and is not responding
my friend says she wants to die
快死了，喘不上气
求救 我男朋友掐我脖子
小孩高烧抽风，眼睛往上翻
婴儿22天，体温38.2℃
肚子硬得像木板，疼得直不起腰
产后三天，大出血，头晕
吃了野蘑菇后又吐又拉
被马蜂蜇了，浑身起疹子，头晕
脖子硬，发烧，头痛，怕光
腿突然肿了一条，喘不上气
大腿内侧麻，尿不出来，腰痛
煤气中毒了，头晕恶心
手指头切断了
打嗝打得胸口闷，出冷汗，还恶心，我糖尿病
help my husband is choking and can't talk
my waters broke and I can feel the cord
stiff neck, fever and a purple rash
I've been stabbed
baby is blue and floppy
my child drank antifreeze
i cut my wrists
vomit looks like coffee grounds
几年前装过支架，胸口压榨样痛出冷汗
years ago i had a stent; chest pressure and cold sweat
以前想过自杀，昨晚又想了
I used to be fine but I can't breathe
没人知道我想自杀
我没告诉别人我想自杀
没有力气，胸痛得厉害，冷汗
without warning I lost vision in one eye
I do not want to die, but I took 40 paracetamol
喘不過氣
我是不是心梗了？现在胸口剧痛，出冷汗
嘴歪了说话不清，怎么判断是不是中风
"""

URGENT = """
胸痛
被狗咬了
右下腹痛，还发烧
牙被打掉了
眼前突然有很多黑影飞来飞去，像闪光
I have chest pain
a dog bit me
"""

ROUTINE = """
什么是心肌梗死？
心梗有哪些症状？
脑卒中如何预防？
What are the symptoms of a heart attack?
How can I prevent a stroke?
这个笑话笑死我了
笑死了
困死了，昨晚没睡好
累死了
热死我了
饿死了
气死我了
忙得要死
烦死了，失眠
这工作要了我的命
I'm dying to know my results
that joke killed me
I'm dead tired
没有胸痛，也没有呼吸困难，就是流鼻涕
不胸痛，不气短，只是咳嗽
无胸痛、无呼吸困难、无咯血，仅有轻咳
否认胸痛
no chest pain, just a cough
I have no chest pain and no shortness of breath, only a runny nose
she denies chest pain
以前有过胸痛，后来好了，想问问体检做什么项目
去年得过阑尾炎，现在复查挂什么科
小时候被狗咬过，有影响吗
我最近嗓子疼，流鼻涕
阿莫西林和布洛芬能一起吃吗
高血压平时吃什么好
体检发现尿酸高
颈椎不舒服挂哪个科
My knee hurts after running
I have a mild sore throat and a runny nose
Can I take ibuprofen with food?
感冒了吃什么药
皮肤有点痒
腰酸
I had chest pain years ago, fine since; which vaccine do I need?
电视剧里有人中毒了，是真的吗
哮喘吸入器怎么用
怎么预防一氧化碳中毒
怕蛇咬怎么预防
"""
