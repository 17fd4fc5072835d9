"""What kind of word stands around a name: concepts, in both languages, that the learned reader sees beside the words themselves.

Folded words and phrases, parted by ``|``; a Latin one must be a whole word unless it ends in ``*``. A concept may be wide, for it decides
nothing alone: the learned weights of ``memory.learned`` do.
"""

from __future__ import annotations

CUES: dict[str, str] = {
    "allergy": (
        "过敏|敏感|皮敏|药敏|过敏史|忌口|allerg*|alerg*|allegr*|allrg*|alergic|hypersensitiv*|sensitiv*|nkda|nka|react|reacts|reacted|"
        "reaction|reactions|epipen*|epi pen*|jext|medicalert|medic alert|anaphylaxis|anaphylactic|过敏性休克|tolerance test"
    ),
    "notallergen": (
        "抗过敏|过敏原|过敏科|过敏体质|过敏季|过敏性鼻炎|过敏性紫癜|过敏性哮喘|过敏药|allergy test*|allergy clinic|allergy season|"
        "allergic rhinitis|allergy tablet*|allergy pill*|allergy med*"
    ),
    "rash": (
        "疹|痒|痕|荨麻|风团|疙瘩|大包|红点|红斑|红片|红块|发红|通红|一身红|全身红|身红|红肿|水泡|水疱|脱皮|起皮|红一片|泡|疱|包|斑|抓|"
        "挠|烂|hive*|rash*|welt*|wheal*|blister*|blotch*|bumps|spots|itch*|scratch*|peel*|raw|burning|red patches|red all over|"
        "broke out|breaks me out|broke me out|break out|breaks out|brought me out|brings me out|brought him out|brought her out|"
        "brings him out|brings her out|came out in|came up in|come out in|come up in|comes out in|nettle*|red rings|lobster|weeping|"
        "urticaria|scabby|patches|flared up|skin goes|skin went|prickl*"
    ),
    "swell": (
        "肿|胀|猪头|香肠|鼓|水肿|喉头水肿|swell*|swole*|puff up|puffed|puffy|balloon*|blew up|blows up|blown up|sausage*|football|shut|"
        "fat lip|twice the size|twice their size|tongue got|lips like|size of|michelin|hamster|angioedema|fill up"
    ),
    "breath": (
        "喘|憋|窒息|气紧|气短|气促|呼吸|透不过气|上不来气|紧|堵|闷|哮喘发作|throat|breath*|wheez*|chok*|gasp*|airway*|chest|tight*|"
        "clos*|suffocat*|asthma attack|couldn't speak"
    ),
    "shock": (
        "休克|抢救|昏|晕倒|晕过去|不省人事|血压掉|血压下降|急救|送急诊|120|肾上腺素|抽过去|没命|命都|差点|发紫|发黑|collapse*|"
        "passed out|blacked out|blue light*|resus|ambulance|anaphyla*|a&e|er|adrenaline|nearly died|almost died|nearly killed|"
        "almost killed|icu|epinephrine|faint*|unconscious|emergency|hospital*|lose conscience|steroid shot|blood pressure dropped|"
        "life threatening|deathly"
    ),
    "gut": (
        "恶心|想吐|呕|吐|反胃|拉稀|拉肚|拉得|拉了|腹泻|跑厕所|肚子|胃疼|胃痛|胃难受|胃不舒服|胃里|烧心|反酸|便秘|窜稀|胀气|咕噜|放屁|"
        "蹲坑|厕所|胃受不了|翻江倒海|sick|nause*|queasy|vomit*|throw up|threw up|throwing up|puk*|stomach*|tummy|belly|gut|guts|"
        "diarrh*|runs|squits|trots|loose|bloat*|windy|wind|gas|gassy|cramp*|constipat*|heartburn|indigestion|acid|bung*|loo|toilet|"
        "bathroom|poo|poos|bowel*|retch*|heaving|insides|inside out"
    ),
    "side": (
        "头晕|头疼|头痛|头昏|犯困|嗜睡|睡不着|失眠|心慌|心跳|干咳|咳|脚肿|腿肿|浮肿|肌肉|浑身疼|关节疼|骨头疼|没劲|乏力|口干|手抖|发抖|"
        "幻觉|出血|流血|发胖|长胖|难受|不舒服|副作用|受不了|抽筋|迷糊|晕乎|没精神|打瞌睡|腿软|牙龈|耳鸣|耳朵|虚|吃不消|扛不住|发飘|"
        "恍惚|dizz*|drows*|sleepy|groggy|loopy|zombie|headache*|migraine*|cough*|palpitation*|racing|pound*|shak*|jitter*|insomnia|"
        "sweat*|hallucinat*|spiders|saw|muscle*|ache*|aching|bleed*|bled|tired|fatigue|weight|mood*|foggy|fog|spacey|ankles|dry mouth|"
        "side effect*|mess|rotten|ripped|wreck*|ruin*|wiped|zonked|knocked|out of it|high as a kite|woozy|restless|legs|libido|"
        "nightmare*|tickly|thirsty|couldn't sleep|can't sleep|no sleep|swollen ankles|hyper|suicidal|ill|lightheaded|light headed|"
        "wobbly|seeing double|saw double"
    ),
    "part": (
        "脸|嘴|唇|眼|眼皮|喉咙|嗓子|舌头|脖子|胸口|皮肤|身上|全身|浑身|胳膊|后背|头皮|手上|腿上|lips|lip|mouth|face|eyes|eye|eyelid*|"
        "throat|tongue|skin|neck|arm|arms|hands|legs|scalp|body|cheek*|head to foot|head to toe|all over"
    ),
    "bear": (
        "不耐受|耐受|乳糖不耐|不服|消化不了|intoleran*|tolerat*|agree*|get on|gets on|got on|sit with|sits well|stomach it|abide|"
        "hack it|handle"
    ),
    "avoid": (
        "碰不得|碰不了|不能碰|不敢碰|不碰|别碰|吃不得|吃不了|不能吃|不敢吃|不吃|不能用|不敢用|用不了|不能打|打不了|不敢打|不让用|"
        "不让吃|不给用|不给开|不能喝|不能沾|沾不得|不敢沾|不沾|忌|禁用|禁|避免|避开|远离|绕着走|绕道|拉黑|黑名单|犯冲|打死不|再也不|"
        "离远|躲着|avoid*|can't have|cannot have|can't take|cannot take|can't touch|can't eat|can't go near|can't use|can't do|"
        "isn't allowed|isnt allowed|not allowed|aren't allowed|unable to|keep off|keep away|keep clear|stay off|stay away|stay clear|"
        "steer clear|off limits|never again|no more|won't touch|won't have|don't touch|must not|mustn't|not supposed to|banned|god no|"
        "keep me away|can't be given|don't give|never let|no way|swerve|can't stand|near"
    ),
    "fine": (
        "没事|没问题|没反应|没出过事|没啥反应|没有反应|没任何反应|没什么反应|没感觉|没毛病|正常|还行|都行|能吃|可以吃|吃得了|能用|能打|"
        "敞开|随便吃|随便用|好好的|挺好|不碍|安然无恙|屁事没有|啥事没|不要紧|一直吃|没有不适|fine|ok|okay|no problem*|no issue*|"
        "no trouble|no bother|no reaction*|no ill effect*|nothing happened|not a problem|grand|happily|loads of times|doesn't bother|"
        "don't bother|all right|alright|suits|not a thing|no probs|without any|tolerate well|no worries|plenty of times|"
        "eat it all the time|hunky dory|sound"
    ),
    "take": (
        "吃|服|喝|用|打|输|注射|挂|吊|含|抹|涂|擦|敷|贴|喷|吸|滴|塞|喂|嚼|灌|口服|雾化|take|takes|taken|taking|took|on|use|uses|used|"
        "using|given|gave|give|pop|popping|pops|swallow*|inject*|apply|applies|applied|rub*|inhal*|puff|puffs|tried|course|dose|doses|"
        "dosed|pump|pumps|drops|jab|jabs|shot|shots|jabbed|trying|neck|down|chew*|dab|slap"
    ),
    "touch": (
        "碰|沾|闻|接触|戴|摸|穿|eat|eats|ate|eating|eaten|drink|drinks|drank|touch*|wear*|sniff|bite|mouthful|taste|near|exposed|"
        "contact|stung|stings|sting"
    ),
    "meds": (
        "药|片|胶囊|颗粒|针|剂|med|meds|medication*|medicine*|tablet*|tabs|pill|pills|caps|capsule*|inhaler*|injection*|patch|cream|"
        "gel|spray|drug|drugs|antibiotic*|prescri*|script|rx|repeat|dh|rxs"
    ),
    "start": (
        "开了|开的|给开|加了|加上|换成|改成|改用|改吃|配了|上了|刚开始|又吃上|吃上|开始|新加|拿了|start*|began|begun|added|adds|"
        "prescribed|put me on|put him on|put her on|put on|onto|switched|swapped|changed|moved|now on|back on|gave me|got me on|"
        "has me on|going on|gone on|popped me on|stuck me on"
    ),
    "stop": (
        "停|断了|断药|掐了|戒|撤了|减掉|不吃了|不用了|不打了|没吃了|没再|没用了|吃完|用完|打完|完了|结束|疗程|换掉|早就不|停掉|停药|"
        "stop*|quit|came off|come off|coming off|taken off|took me off|took him off|took her off|discontinu*|no longer|any more|"
        "anymore|any longer|finish*|ran out|packed in|packed it in|chucked|ditched|dropped|gave up|given up|wean*|ended|until|off it|"
        "off them|off the|used to|instead of|replaced|d/c|binned|jacked in|ceased|knocked it on the head|off"
    ),
    "no": (
        "没|没有|不|无|未|否认|并非|非|从不|一概|一样都|甭|莫|冇|从没|从来没|从未|no|not|never|none|nor|neither|without|deny|denies|"
        "denied|nothing|nope|nowt|nil|don't|doesn't|didn't|isn't|aren't|wasn't|weren't|haven't|hasn't|hadn't|ain't|can't|cannot|won't|"
        "wouldn't|couldn't|dont|doesnt|didnt|isnt|arent|havent|hasnt|cant|negative for|nah"
    ),
    "yes": "有的|是的|对的|嗯|yes|yeah|yep|yup|correct|indeed|sure",
    "now": (
        "现在|目前|正在|一直|每天|天天|长期|平时|还在|仍|这会儿|如今|常年|最近|靠|维持|控制|眼下|当前|这阵子|这几天|今天|current*|"
        "still|now|these days|every|daily|always|regular*|at the moment|nowadays|continu*|keep|keeps|ongoing|long term|since|years|"
        "controlled|managed|today|this week|this morning|at present|recent*"
    ),
    "past": (
        "以前|曾|小时候|当年|过去|早年|原来|之前|去年|前年|大前年|年轻|那年|那会|那次|那时|上次|上回|有一次|有回|有次|年前|得过|吃过|"
        "用过|打过|患过|有过|早先|前几年|那阵|used to|year ago|years ago|months ago|weeks ago|as a kid|as a child|as a baby|"
        "as a nipper|as a teen*|as a boy|as a girl|last year|last time|last month|last week|last summer|last winter|once|back in|"
        "previously|formerly|in the past|when i was|when he was|when she was|was|were|had|did|tried|childhood|one time|that time|"
        "ever since|at uni|in my"
    ),
    "year": "年|岁|19|20|in 19*|in 20*|aged|at age",
    "dose": (
        "毫克|微克|单位|mg|mcg|ug|iu|units|unit|ml|毫升|一片|两片|半片|一粒|两粒|一颗|两颗|一袋|一支|一针|一包|滴|喷|吸|one tablet|"
        "two tablets|half|a tablet|puffs|sachet*|spoon*|mgs|milligram*|x|片|粒|颗"
    ),
    "often": (
        "每天|每日|每晚|每早|每周|每月|每次|每餐|一天|一日|一次|两次|三次|早晚|睡前|饭前|饭后|晚上|早上|隔天|必要时|一周|早一|晚一|"
        "once a|twice|three times|a day|per day|daily|each day|each night|each morning|every day|every night|every morning|every other|"
        "every evening|at night|at bedtime|bedtime|bd|bid|tds|tid|qds|od|qd|nocte|mane|prn|mornings|morning|nights|nightly|weekly|"
        "as needed|when needed|with meals|weekdays|weekends|monday*|friday*|before bed|am|pm|breakfast|dinner|lunch|supper"
    ),
    "plan": (
        "想|打算|准备|计划|考虑|能不能|能否|可不可以|可以|要不要|该不该|适合|建议|推荐|安利|需要|下周|下个月|明天|让我|叫我|劝我|要我|"
        "给我|能吃吗|需不需要|等|约|排|预约|can|could|should|shall|would|will|may|want*|thinking of|thinking about|plan*|going to|"
        "gonna|consider*|recommend*|suggest*|advis*|offered|safe|next week|next month|tomorrow|about to|due|supposed|tempted|need|"
        "needs|wait*|propos*|mooted|mention*|keen|pushing|wants|booked|better"
    ),
    "ask": (
        "?|？|吗|呢|怎么|多久|什么|哪|为啥|为什么|如何|是不是|有没有|会不会|几天|几次|几片|能不|行不|要不|what|which|how|why|who|is it|"
        "are there|does|do i|is there|difference|what's|whats|anyone|wondering"
    ),
    "if": (
        "如果|要是|假如|假设|万一|若|比如|例如|的话|哪怕|就算|除非|即使|假若|if|suppose|supposing|unless|imagine|in case|hypothetical*|"
        "e.g|for example|were to|say i|let's say|what happens|assuming|would have"
    ),
    "general": (
        "的人|人群|患者|病人|一般人|大家|别人|人家|有些人|很多人|有人|专家|科普|people|patients|patient|someone|everyone|those|adults|"
        "children|kids|many|most|article|leaflet|website|reddit|blog|forum|vignette|textbook|generally|usually|common*|in general|"
        "class of|kind of drug|the same as|contain*|explain"
    ),
    "doubt": (
        "可能|好像|怀疑|疑似|不确定|也许|大概|估计|似乎|貌似|不知道|说不准|考虑|八成|应该|拿不准|没准|搞不清|说不清|不好说|像是|maybe|"
        "might|possibl*|perhaps|suspect*|probabl*|think|thinks|reckon*|not sure|unsure|could be|may be|seem*|query|borderline|likely|"
        "wonder*|apparently|supposedly|dunno|no idea|guess|fairly sure|must be|could well|in case"
    ),
    "diag": (
        "诊断|确诊|查出|得了|患有|病史|多年|发作|犯了|又犯|复发|老毛病|合并|二型|一型|期|型|级|有点|落下|检查出|体检|既往|diagnos*|"
        "suffer*|history|hx|pmh|chronic|type|stage|grade|well held|under control|born with|carrier|agreed|calls it|call it|they say|"
        "found|k/c/o|turned out|living with|i have|i've|i've got|have|has|got|having|with|my|patient of|known case|i'm|i am|he's|she's|"
        "riddled|plagued|prone"
    ),
    "family": (
        "家族|遗传|家里|我家|我们家|一家|祖|基因|family|runs in|hereditary|genetic|dad's side|mum's side|mom's side|mother's side|"
        "father's side|side of|relatives|genes|inherited|both my|siblings"
    ),
    "kin": (
        "妈|爸|爹|娘|爷|奶奶|姥|公公|婆|哥|弟|姐|妹|叔|伯|姑|舅|姨|嫂|媳|女婿|儿子|女儿|娃|孩子|宝宝|孙|父|母|老公|老婆|丈夫|妻|对象|"
        "女朋友|男朋友|mum|mom|mother|mam|dad|father|son|daughter|wife|husband|hubby|sister|brother|gran|nan|nana|grandma|grandmother|"
        "grandpa|grandfather|grandad|grandson|granddaughter|aunt*|uncle|cousin|niece|nephew|partner|baby|kid|toddler|boy|girl|twins|"
        "twin|little one|parents"
    ),
    "other": (
        "同事|邻居|同学|朋友|室友|网友|老板|friend|colleague|neighbour|neighbor|boss|mate|flatmate|roommate|coworker|a woman|a man|"
        "a guy|this lady|next door"
    ),
    "pron": "他|她|它|he|she|him|her|they|them|it|that|this|those|these|which|这个|那个|这药|那药|这种|那种",
    "self": "我|本人|俺|咱|自己|i|i'm|im|i've|ive|me|my|mine|myself|i'd",
    "well": (
        "治好|痊愈|好了|根除|康复|治愈|缓解|没复发|干净|早好|切了|不犯|消了|没了|长大就|脱敏成功|cured|remission|resolved|cleared|"
        "grew out|outgrew|outgrown|gone|recovered|all clear|beat|got over|went away|healed|survivor|disappeared|better now|went"
    ),
    "wrong": (
        "不是|搞错|记错|记岔|打错|弄错|看错|说错|更正|纠正|准确讲|误|哎呀|不好意思|作废|撤回|上面|刚才|说反|搞混|弄混|才对|应该是|"
        "wrong|mistake*|sorry|correction|actually|i meant|i mean|scrap|hang on|mixed up|mix up|no wait|wait|rather|instead|it was|"
        "remove|delete|ignore|never mind|turns out|turned out|misread|oops|typo|strike|not the|apologies|my bad"
    ),
    "cleared": (
        "激发|复查|阴性|排除|脱敏|推翻|取消|摘|划掉|不算过敏|不过敏|没过敏|不是过敏|challenge*|negative|passed|ruled out|ruled it out|"
        "delabel*|de-label*|label|retest*|isn't allergic|not allergic|took off|take off|taken off my|wiped off|off my record|"
        "off the record|not an allergy|isn't an allergy"
    ),
    "test": (
        "皮试|过敏原|点刺|阳性|级|加号|化验|检查|测|ige|test|tests|tested|positive|patch test*|skin prick|prick|rast|lit up|class|bloods"
    ),
    "says": (
        "医生|大夫|护士|药师|军医|专家说|医院说|说|讲|告诉|doctor*|gp|dr|nurse|consultant|pharmacist|dentist|midwife|say|says|said|"
        "told|tells|insist*|specialist|vet|confirmed"
    ),
    "hear": (
        "听|听说|说明书|网上|电视|新闻|朋友圈|转发|群里|帖子|文章|公众号|抖音|直播|百度|写着|看到|read|heard|saw on|online|google|"
        "leaflet|tv|facebook|tiktok|news|internet|article|post"
    ),
    "record": "病历|病案|床头卡|手环|记录|档案|本子|登记|notes|record*|bracelet|file|chart|form|lunchbox|card|list",
    "fiction": (
        "梦|题|小说|电视剧|电影|剧里|考试|角色|选a|选b|选c|作业|课本|案例|dream*|exam*|quiz|novel|film|movie|character|episode|story|"
        "essay|homework|mcq|revision|case study|soap|play"
    ),
    "animal": "狗|猫|兔|宠物|兽医|dog|dogs|cat|cats|pet|pets|vet|puppy|kitten|hamster|rabbit|pup|guinea pig",
    "cause": (
        "让我|害|导致|引起|造成|诱发|一吃|一用|一打|一喝|一碰|一沾|一闻|把我|弄得|搞得|gives|gave|giving|makes|made|causes|caused|"
        "sets off|set off|sets me off|set me off|brings|brought|send|sent|sends|leaves|left|turn|turned|turns|trigger*|does my|floor|"
        "floors|knocks|knocked|culprit|blame*|due to|because of|down to|did|does|do|got me|puts|killed|kills|messes|messed|tore|tears|"
        "upsets|upset"
    ),
    "then": (
        "就|后|之后|以后|完|没多久|马上|立马|当晚|第二天|半小时|几分钟|after|afterwards|afterward|when|whenever|within|an hour|minutes|"
        "hours|later|every time|each time|as soon as|then|same day|same night|straight away|last time|first time|the moment|halfway|"
        "next day|and"
    ),
    "all": "都|均|全|统统|一律|通通|各|仨|俩|两个|all|both|either|every|each|too|as well|also|ditto|same|plus|any|lot",
    "except": (
        "除了|除|只有|就是|就一|就吃|只是|唯独|唯一|别的|其他|其它|另外|except|apart from|other than|only|just|besides|but for|aside|"
        "that's it|that's the lot|that's all|else|otherwise|rest|bar|beyond"
    ),
    "but": "但|可是|不过|倒|却|然而|只不过|反而|but|though|although|however|while|whereas|yet|unlike",
    "fear": "担心|怕|害怕|预防|防止|会不会|worry|worried|worries|afraid|scared|fear*|prevent*|protect*|against|risk*|anxious",
    "surgery": (
        "手术|切除|切了|割|开刀|动刀|术后|剖|移植|搭桥|支架|摘除|置换|挨刀|surger*|operat*|op|removed|out|transplant*|replace*|bypass|"
        "stent*|repair*|fitted|implant*|under the knife|taken out|whipped out"
    ),
    "vaccine": ("疫苗|接种|预防针|第一针|第二针|第三针|加强针|vaccin*|jab|jabs|shot|shots|booster*|immunis*|immuniz*|jabbed|inoculat*"),
    "level": "水平|指标|偏高|偏低|数值|含量|抗体|level|levels|count|counts|result*|mmol|range|deficien*|缺|low|high",
    "be": "是|有|患|is|am|are|be|been|being|i'm|he's|she's|it's",
    "death": "去世|走的|没了|过世|died|passed away|dropped dead|death|late",
    "buy": "买|药店|囤|家里有|备|buy|bought|chemist|pharmacy|over the counter|sell|sold|shop|cupboard|carry|carries|keep in",
    "treat": "治|治疗|压|降|控|用于|treat*|for|because|help*|sort*|manage*|works|worked|relief",
    "comma": ",|，|、",
    "period": "。|.|!|！|;|；|\n",
    "colon": ":|：|=|→|-|–|—",
    "open": '(|（|[|“|"|「|『|【|‘',
    "close": ")|）|]|”|」|』|】",
}
"""By concept. Later ones are no better than earlier: a word may stand for several."""
