/// What residents write, invented.
enum ReportTexts {
    static let all: [(category: String, text: String)] = [
        ("noise", "楼上装修声音太大，中午也不停。"), ("noise", "夜里广场音响很吵，孩子睡不着。"),
        ("parking", "消防通道被车堵住了。"), ("parking", "人行道上停满了电动车。"),
        ("rubbish", "垃圾桶满了两天没人清。"), ("rubbish", "路口有一堆建筑垃圾。"),
        ("lighting", "路灯不亮，晚上看不清台阶。"), ("lift", "电梯运行时有异响。"), ("lift", "电梯门反复开关。"),
        ("gas", "楼道里闻到煤气味。"), ("water", "水管漏水，流到马路上了。"), ("water", "下水道堵塞，有污水溢出。"),
        ("other", "井盖松动，车过时响。"), ("other", "树枝快碰到电线了。"),
    ]
}
