"""Enterprise chat: WeCom (企业微信), DingTalk (钉钉) and Feishu (飞书), by the robot of a group."""
