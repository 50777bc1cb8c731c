DROP TABLE terminal_list_doors;
