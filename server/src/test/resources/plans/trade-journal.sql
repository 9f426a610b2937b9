CREATE TABLE trades (account_id TEXT, symbol TEXT NOT NULL, strategy TEXT, regime TEXT, timestamp_entry DATETIME NOT NULL, timestamp_exit DATETIME, contracts INTEGER, win_loss TEXT, exit_reason TEXT, mental_state TEXT, rule_breaks TEXT, mae REAL, mfe REAL);
CREATE TABLE market_data (timestamp DATETIME, symbol TEXT, timeframe TEXT, open REAL, high REAL, low REAL, close REAL, volume INTEGER, vwap REAL, adx REAL, atr REAL, regime TEXT, UNIQUE (timestamp, symbol, timeframe));
insert into trades values ('apex-1','MNQ','orb','trend','2024-05-01T13:30:00','2024-05-01T13:45:00',2,'WIN','target','calm','none',-0.4,1.8);
insert into market_data values ('2024-05-01T13:30:00','MNQ','5m',17500.25,17510,17499.75,17508.5,1234,17504.1,21.5,12.25,'trend');
