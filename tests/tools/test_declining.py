"""Advice that does without a drug, in the many ways in which people say so, and advice that only sounds like it."""

from __future__ import annotations

import pytest

from tools.checks import check
from tools.persons import Person
from tools.tables import Tables
from tools.text import language_of

ADVISED = [
    ("", "氯霉素", "眼睛红就滴润舒，一天四次。"),
    ("", "cipro", "Ciprodex drops twice a day will sort your ear."),
    ("", "头孢", "您不需要吃阿奇霉素，吃头孢克肟就行。"),
    ("", "头孢", "不用阿莫西林，换头孢呋辛，一天两次。"),
    ("", "penicillin", "You don't need azithromycin for this; amoxicillin will do."),
    ("", "penicillin", "Swap azithromycin for amoxicillin, it works faster."),
    ("", "penicillin", "Amoxicillin instead of doxycycline, three times a day for a week."),
    ("", "青霉素", "把阿奇霉素换成阿莫西林，效果更好。"),
    ("", "青霉素", "用阿莫西林代替阿奇霉素，吃五天。"),
    ("", "青霉素", "科普一下：嗓子疼吃阿莫西林最管用。"),
    ("", "青霉素", "阿莫西林不需要皮试，吃就行。"),
    ("", "penicillin", "You don't need a prescription for this: take amoxicillin from your friend."),
    ("", "penicillin", "Avoid azithromycin; amoxicillin, on the other hand, is what clears this."),
    ("", "penicillin", "No need to worry about the allergy, amoxicillin is fine."),
    ("", "penicillin", "This is background reading, but amoxicillin is what you should take."),
    ("甲硝唑", "", "吃甲硝唑喝一点酒没事。"),
    ("甲硝唑", "", "吃着甲硝唑，小酌一杯红酒无妨，不用滴酒不沾。"),
    ("", "碘", "伤口擦安尔碘，早晚一次。"),
    ("", "阿司匹林", "关节疼抹扶他林就好。"),
    ("", "sulfa", "Dab some Silvadene on the burn."),
    ("", "激素", "湿疹抹皮炎平，三天见效。"),
    ("", "neomycin", "Otomize spray three times a day clears it."),
    ("", "头孢", "沾点酒不要紧，头孢照吃。"),
    ("", "penicillin", "Amoxicillin is out of stock; so ask for Augmentin and take that."),
    ("", "ibuprofen", "Don't bother with paracetamol. Go for Nurofen."),
    ("", "ibuprofen", "Paracetamol won't help; ibuprofen will."),
    ("", "ibuprofen", "Steer clear of aspirin and take ibuprofen as well as a hot drink."),
    ("", "penicillin", "Leave the paracetamol in the drawer and take the Augmentin instead."),
    ("", "penicillin", "The paracetamol can stay in the drawer; Augmentin will sort this."),
    ("", "penicillin", "Nobody with your symptoms should be without Augmentin."),
    ("", "青霉素", "感冒通这回就不考虑了，阿莫西林直接上。"),
    ("", "penicillin", "It would be a mistake not to finish the amoxicillin in the cupboard."),
    ("", "penicillin", "There's nothing here that amoxicillin can't fix."),
    ("", "penicillin", "This won't go away without amoxicillin."),
    ("", "penicillin", "Your allergy list is old; amoxicillin will do the job."),
]
"""What is taken, what is not tolerated, and what lets the reader take it all the same."""
DECLINED = [
    ("甲硝唑", "", "服甲硝唑这几天要滴酒不沾，啤酒、料酒、醉虾都算。"),
    ("甲硝唑", "", "甲硝唑没吃完之前别沾酒，含酒精的饮料、漱口水也别碰。"),
    ("", "头孢", "头孢这一类您沾都别沾。"),
    ("", "头孢", "您现在用不着吃头孢，普通感冒而已，多喝水就好。"),
    ("", "青霉素", "这次没必要上阿莫西林，病毒引起的嗓子疼抗生素帮不上忙。"),
    ("", "青霉素", "您不需要阿莫西林；咳嗽一周了，胸片正常，注意休息。"),
    ("", "penicillin", "You don't need amoxicillin for this; it is a virus and rest will do."),
    ("", "penicillin", "There is no use for amoxicillin here, and penicillin is on your allergy list anyway."),
    ("", "penicillin", "Amoxicillin won't help a cold, so save yourself the risk."),
    ("", "penicillin", "Antibiotics such as Augmentin or amoxicillin do nothing for a virus."),
    ("", "ibuprofen", "Nurofen is out of the question for you; so are Advil and any cold remedy with ibuprofen."),
    ("", "aspirin", "Steer clear of Nurofen, Aleve and Voltarol, as well as cold sachets that hide aspirin."),
    ("", "aspirin", "You should keep away from Excedrin, Alka-Seltzer and Anadin, along with anything else that contains aspirin."),
    ("", "青霉素", "把阿莫西林换成阿奇霉素，因为您对青霉素过敏。"),
    ("", "青霉素", "用阿奇霉素代替阿莫西林，疗程三天。"),
    ("", "青霉素", "别用阿莫西林，改用阿奇霉素。"),
    ("", "ibuprofen", "Swap the Nurofen for paracetamol and you will be fine."),
    ("", "ibuprofen", "Paracetamol instead of ibuprofen is the right choice for you."),
    ("", "ibuprofen", "Use paracetamol in place of ibuprofen."),
    ("", "povidone-iodine", "Replace the Betadine with plain saline."),
    ("", "iodine", "Put the Betadine away and rinse with water."),
    ("", "头孢", "科普：头孢分四代，常见的有头孢氨苄、头孢克洛、头孢曲松。内容只供了解，不代表建议您服用。"),
    ("", "青霉素", "小知识：青霉素类包括阿莫西林、氨苄西林和哌拉西林。本文不构成用药建议。"),
    (
        "",
        "penicillin",
        "Penicillins include amoxicillin, ampicillin and piperacillin. This is general information, not a recommendation to take them.",
    ),
    (
        "",
        "penicillin",
        "For interest only: co-amoxiclav pairs amoxicillin with clavulanic acid, and Tazocin "
        "pairs piperacillin with tazobactam. None of this is advice to take them.",
    ),
    ("", "阿司匹林", "阿司匹林说明书【禁忌】：对本品过敏者禁用；活动性溃疡、血友病患者禁用；孕晚期禁用。"),
    (
        "",
        "",
        "The ibuprofen leaflet says under contraindications: active stomach bleeding, severe heart failure, asthma attack after aspirin.",
    ),
    ("", "", "Ask for paracetamol suspension or drops for children, not adult tablets."),
    ("", "", "Please don't share tablets or accept capsules from friends."),
    ("", "", "Crush tablets only if the pharmacist agrees, and shake suspension well."),
    ("", "", "Children can have paracetamol oral suspension 120 mg/5 ml."),
    ("", "", "Nasal spray, saline drops and throat lozenges ease a cold."),
    ("", "codeine", "Codeine isn't something I'd reach for in your case; honey and paracetamol will do."),
    ("", "aspirin", "For you, aspirin is a definite no. Paracetamol is the one to use."),
    ("", "sulfa", "I'm steering you away from Bactrim and Septra because of the sulfa allergy."),
    ("", "sulfa", "You can be treated without Bactrim; nitrofurantoin is what the doctor may choose."),
    ("", "cipro", "I would leave ciprofloxacin, ofloxacin and anything else in that family on the shelf."),
    ("", "青霉素", "阿莫西林、阿莫西林克拉维酸钾、哌拉西林，凡是带“西林”的都请绕开。"),
    ("", "阿司匹林", "散利痛、去痛片、阿咖酚散里都有会让您犯病的成分，一样也别吃。"),
    ("华法林", "", "华法林期间别自己加布洛芬、芬必得、阿司匹林，疼了先用对乙酰氨基酚。"),
    ("", "氯霉素", "氯霉素滴眼液您不能用，换成左氧氟沙星滴眼液。"),
    ("", "", "Honey, saline spray and rest are enough."),
    ("", "", "I took Monday off and used Vaseline on my nose."),
    ("", "", "试试八段锦，每天一次，练二十分钟。"),
    ("", "", "晚上喝点小米粥，一天两次。"),
    ("", "", "咽痛可以含冰块，喝蜂蜜水。"),
    ("", "", "多吃绿叶菜，一天三次。"),
    (
        "",
        "penicillin",
        "Penicillin and you don't mix, so Augmentin, Amoxil and flucloxacillin "
        "are all off the menu. Ask the GP which family they would choose.",
    ),
    ("", "青霉素", "阿莫西林、安灭菌、力百汀这些名字您看到就绕道走，里面都是青霉素。"),
    ("", "sulfa", "Tell every prescriber about the sulfa reaction; it rules out Bactrim, Septra and the eye drop sulfacetamide."),
    ("", "aspirin", "Aspirin hides in Alka-Seltzer, Pepto-Bismol and some cold powders, so read the small print before you buy anything."),
    ("", "阿司匹林", "很多感冒药、止痛散里都藏着阿司匹林，比如阿咖酚散，买之前先看成分表。"),
    ("华法林", "", "您在吃华法林，想止痛的话布洛芬、双氯芬酸、萘普生都不合适，贴膏也先问药师。"),
    (
        "warfarin",
        "",
        "While you're on warfarin, give ibuprofen, naproxen and aspirin a wide "
        "berth and ask the anticoagulation clinic before any new tablet.",
    ),
    ("Eliquis", "", "Skip Advil and Aleve while you take Eliquis; the bleeding risk isn't worth it."),
    ("sertraline", "", "St John's wort and sertraline are a bad match, so don't start it."),
    ("Viagra", "", "Never combine Viagra with nitrates such as GTN spray; tell paramedics you have taken it."),
    ("simvastatin", "", "Grapefruit and clarithromycin both push simvastatin up; mention it to whoever prescribes antibiotics."),
    ("他汀", "", "西柚汁会让辛伐他汀在血里越积越多，这段时间就别喝了。"),
    ("甲氨蝶呤", "", "甲氨蝶呤一周只吃一次，复方新诺明不能一起用，看病时一定告诉医生。"),
    ("锂盐", "", "碳酸锂和布洛芬合用，锂的浓度会升高，疼的时候换成对乙酰氨基酚更稳妥。"),
    ("", "", "Babies under three months should not be given ibuprofen. A feverish baby that young needs to be seen today."),
    ("", "", "三个月以内的宝宝别喂布洛芬，发烧要直接去医院。"),
    ("", "", "Aspirin is not for children under 16 because of Reye's syndrome."),
    ("", "", "Codeine is no longer used for coughs in children under 12."),
    ("", "", "Warfarin, rivaroxaban and apixaban are blood thinners that work in different ways."),
    ("", "penicillin", "A true penicillin allergy is rarer than people think; an allergist can test for it."),
    ("", "penicillin", "Your chart says penicillin, so I'd leave amoxicillin out of it altogether and let the doctor pick."),
    ("", "cephalexin", "Keflex is a cephalosporin, the same stuff that gave you hives last year. Hand it back to the pharmacy."),
    ("", "头孢", "头孢克肟就是上次让您起疹子的那一类，药店再推荐也别拿。"),
    ("", "碘", "碘伏、碘酒先收起来，小擦伤用清水冲、再盖上纱布就好。"),
    ("", "latex", "Ask the dentist for latex-free gloves before the appointment."),
    ("", "peanut", "Arachis oil is peanut oil: check ear drops and creams such as Naseptin before you use them."),
    ("", "lidocaine", "Ask the dentist to plan without lidocaine; bring the letter from your allergist."),
    (
        "",
        "ibuprofen",
        "You reacted to ibuprofen, which means naproxen, diclofenac and ketoprofen "
        "are best left on the shelf too. Paracetamol is usually fine.",
    ),
    ("", "布洛芬", "双氯芬酸、萘普生和布洛芬是近亲，您都不要碰，退烧选对乙酰氨基酚，按说明书的量。"),
    ("", "", "Metronidazole and alcohol: hold the wine until two days after the last tablet."),
    ("Metformin", "", "Don't stop your metformin on your own; ring the clinic."),
    ("", "tetracycline", "Doxycycline belongs to the tetracyclines, so it isn't a safe swap for you."),
    ("", "codeine", "Instead of co-codamol, plain paracetamol every four to six hours is enough, at most four doses a day."),
    ("", "阿莫西林", "医生如果想开阿莫西林，请您当场提醒他换一种。"),
    ("", "磺胺", "复方新诺明、柳氮磺吡啶这些带磺胺的药都不在您的选择里。"),
    ("", "青霉素", "幽门螺杆菌四联里通常有阿莫西林，您过敏，消化科会改用别的组合。"),
    ("", "", "Omeprazole, lansoprazole and pantoprazole all end in -prazole because they belong to one family."),
    ("", "", "莫西沙星、左氧氟沙星都属于喹诺酮，名字里带“沙星”。"),
    ("fluoxetine", "", "Tramadol and fluoxetine together can trigger serotonin syndrome, so tell the surgeon what you take."),
    ("", "NSAIDs", "No Nurofen, no Aleve, no aspirin. For the headache: water, a dark room and paracetamol if needed."),
    ("", "青霉素", "没有哪种感冒需要青霉素，何况您还过敏。"),
    ("", "erythromycin", "There's nothing here that calls for clarithromycin or erythromycin."),
    ("", "amoxicillin", "Your sister's leftover Augmentin should go back to the pharmacy, not into you."),
    (
        "",
        "",
        "Ask the pharmacist for a saline nasal spray; decongestant sprays such as oxymetazoline should not be used for more than a week.",
    ),
    ("", "", "Children's Calpol comes as 120 mg/5 ml; the dose depends on age, so read the box."),
    ("", "penicillin", "It would be a mistake to finish the amoxicillin in the cupboard."),
    ("", "penicillin", "Nobody with your history should be handed Augmentin."),
    ("", "ibuprofen", "The Nurofen can stay in the drawer; a cold flannel and paracetamol are plenty."),
    ("", "青霉素", "阿莫西林这回就不考虑了，等医生看过再说。"),
    ("", "aspirin", "I know Excedrin used to help, but its aspirin is exactly what sets off your chest."),
]
"""The same, and what spares the reader it."""


def stopped(medicine: str, allergy: str, text: str, tables: Tables) -> bool:
    person = Person(medications=[m for m in medicine.split(", ") if m], allergies=[allergy] if allergy else [])
    return any(finding.stops for finding in check(person.profile(tables), text, tables, language_of(text)))


@pytest.mark.parametrize(("medicine", "allergy", "text"), ADVISED)
def test_what_only_sounds_like_a_refusal_is_stopped(medicine: str, allergy: str, text: str, tables: Tables) -> None:
    assert stopped(medicine, allergy, text, tables)


@pytest.mark.parametrize(("medicine", "allergy", "text"), DECLINED)
def test_a_refusal_in_any_words_is_no_recommendation(medicine: str, allergy: str, text: str, tables: Tables) -> None:
    assert not stopped(medicine, allergy, text, tables)
