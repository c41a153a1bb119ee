"""一项一档: all that is known of one project in one paper, for the office or for anybody, as a page, PDF and zip."""
