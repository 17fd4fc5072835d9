"""The words by which a clause does without a drug, or carries the refusal of one on to the next; patterns for folded text."""

from __future__ import annotations

import re

# "您不需要吃头孢", "no use for amoxicillin": not advised because it would do nothing.
NEEDLESS = re.compile(
    r"(?:不需要|用不着|用不上|没(?:有)?必要|不必|无需|无须|犯不着|不用|轮不到|谈不上)(?:再|去|急着|先|马上|给|您|你|孩子)*"
    r"(?:吃|服用?|用|上|开|打|挂|输|加|靠|碰|动用)?(?:什么|任何|点|这种|这类|抗生素)*$|"
    r"\bno (?:use|place|role|call|need|reason|point|sense) (?:for|in)(?: (?:a|an|any|the|your|taking|using|having|starting|more|some|"
    r"another|"
    r"course|of))*\s*$|\b(?:need|require|call for|warrant)s? no(?: \w+)? $|"
    r"\bnothing\b[^.;]{0,24}\b(?:calls? for|needs|warrants|asks for|requires)(?: (?:a|an|any|the))?\s*$|"
    r"(?:n't|\bnot|\bhardly|\bnever)(?: really| actually| even)? (?:need|require|call for|warrant)(?: to (?:take|have|use|start|go on))?"
    r"(?: (?:a|an|any|the|your|course|of|more|some|another))*\s*$"
)
NEEDLESS_AFTER = re.compile(
    r"^(?:类|这类药?)?(?:对|在|这时|此时|目前|现在|这次)?[^,，。;；]{0,12}(?:(?:都|也)?(?:没有?(?:什么|任何|半点)?(?:用|作用|效果|帮助|"
    r"意义|必要)"
    r"|帮不上忙|不起作用|不管用|不对症|用不上|派不上用场|白吃)(?!吗|么|的?话))|"
    r"^[^,.;!?]{0,48}\b(?:won't|will not|wouldn't|would not|doesn't|does not|don't|do not|can't|cannot) (?:really |actually |even )?"
    r"(?:help|work|touch|cure|shift|fix|treat|make (?:any|a|the) difference|speed|shorten|do (?:anything|a thing|much|any good))\b"
    r"(?! (?:alone|by itself|on its own|if|unless|until|without|as))|"
    r"^[^,.;!?]{0,32}\b(?:do|does|is|are) (?:nothing|no (?:good|use|help))\b|^[^,.;!?]{0,24}\b(?:is|are) (?:useless|pointless|"
    r"not the answer)\b"
)
# "azithromycin is on your allergy list anyway".
ON_LIST = re.compile(
    r"^\s*(?:就|也|都|已经?|正)*(?:还)?(?:在|上了|列在|记在|写在|进了)(?:您|你|孩子|他|她|宝宝)?的?过敏(?:名单|清单|记录|史|栏)|"
    r"^\s*(?:is|are|was|sits?|appears?)(?: also| already| right there| still)* (?:on|in) (?:your|his|her|their|the) (?:\w+ ){0,2}?"
    r"(?:allerg\w+|intoleran\w+|no-go|never)\b"
)
OTHER_FORM = re.compile(
    r"^\s*(?:\d|的?(?:注射|针|点滴|静滴|输液|皮试|处方)|(?:by )?(?:injections?|shots?|drip|prescription|skin|test|inject))"
)
# "… is completely out of the question; so are tetracyclines".
SO_TOO = re.compile(
    r"\b(?:out of the question|off[ -]limits|off the table|contraindicated|ruled out|banned|forbidden|avoid\w*|unsafe|dangerous|a no|"
    r"not (?:for you|"
    r"an option|safe|suitable|allowed|advised))\b[^.!?]{0,40}?[;,.]\s*(?:and )?(?:so|nor|neither) (?:is|are|does|do|should|can|must)"
    r"(?: (?:the|all|any|other|most|both))*\s*$"
)
# "heals perfectly well without antiseptic", but not "it will not clear without amoxicillin".
WITHOUT = re.compile(
    r"\b(?:without|free of|free from)(?: (?:an?|any|the|your|resorting to|reaching for|using|taking))*\s*$|(?:不靠|不借助)$"
)
# "nothing here that amoxicillin can't fix".
NOTHING_BEYOND = re.compile(r"\b(?:nothing|no \w+|little|few things|not much)(?: [\w']+){0,3}? $")
CANNOT = re.compile(r"^\s*(?:can't|cannot|won't|doesn't|don't|will not|does not)\b")
NOT_WITHOUT = re.compile(r"(?:\bnot\b|n't|\bnever|\bcannot|\bno |\bnobody|\bhardly|\brarely|\bworse|\bimpossible|\brisk|不)")
# "用阿奇霉素代替阿莫西林": grammar leaves no doubt that the second is not to be taken.
REPLACED_SURELY = re.compile(
    r"(?:用|以|拿|改用|换用)[^,，。;；不别]{1,16}(?:来)?(?:代替|替代|取代|换掉|顶替)(?:您的?|你的?|原来的?|这个|那个)*$"
)
# "X, as well as anything that hides Y", "; so are Z", "、以及一切含Y的": the list of one verb goes on in other words than a comma.
CARRIES_ON = re.compile(
    r"\s*[,，;；、(（]?\s*(?:(?:as well as|along with|together with|likewise|and|or|nor|including|such as|especially|"
    r"(?:and )?(?:so|as) (?:is|are|does|do|should)|(?:and )?the same (?:goes|is true|holds) (?:for|of)|(?:and )?that (?:includes|means|"
    r"covers|"
    r"goes for))\b(?:(?!\b(?:take|takes|taking|use|uses|using|try|go|have|having|choose|pick|get|reach|stick|switch|prefer|works?|fine|"
    r"ok|can|"
    r"could|may|should|instead|but|however|rather|helps?|you|give|start|add|keep|then|drink|safe|better|best|"
    r"good)\b)[^.;；。!?,，]){0,60}?|"
    r"(?:以及|还有|包括|比如|例如|像|连同|或者?|和|及|与|乃至)[^,，。;；吃服用喝可以能换改选试加请]{0,14}?)$"
)
CARRIED_ENDS = re.compile(
    r"(类|素|类药物?|等)*\s*($|[,，、/。.;；)）]|和|或|与|及|等|的(?:药|感冒药|止痛药|东西|复方)|(?:and|or|unless|because|for|in (?:it|"
    r"them|the|its|any)"
    r"|hidden|inside|as well|too)\b)"
)
# "藿香正气水、酒心巧克力也算在内": what the clause before it forbade.
SAME_AGAIN = re.compile(
    r"^[^,，。;；]{0,16}?(?:(?:也|都|同样|一样)+(?:算(?:在内|数|上|进去|酒)?|包括|包含|如此|属于?|是(?:一样|同理))|也是一样|"
    r"同样如此)(?:的)?\s*(?:$|[,，。;；])|"
    r"^[^,.;]{0,40}\b(?:counts?|qualify|qualifies)(?: too| as well)?\s*(?:$|[,.;])"
)
