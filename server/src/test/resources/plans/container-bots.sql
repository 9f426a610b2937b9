CREATE TABLE ohlcv_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    exchange TEXT NOT NULL,           -- binance, coinbase, kraken
    symbol TEXT NOT NULL,             -- BTC/USDT, ETH/USDT
    timeframe TEXT NOT NULL,          -- 1m, 5m, 15m, 1h, 4h, 1d
    timestamp INTEGER NOT NULL,       -- Unix timestamp
    open REAL NOT NULL,
    high REAL NOT NULL,
    low REAL NOT NULL,
    close REAL NOT NULL,
    volume REAL NOT NULL,
    created_at INTEGER DEFAULT (strftime('%s', 'now')),

    -- Composite unique constraint
    UNIQUE(exchange, symbol, timeframe, timestamp)
);
CREATE TABLE ticker_data (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timestamp INTEGER NOT NULL,
    bid REAL NOT NULL,
    ask REAL NOT NULL,
    last REAL NOT NULL,
    volume_24h REAL,
    created_at INTEGER DEFAULT (strftime('%s', 'now')),

    UNIQUE(exchange, symbol, timestamp)
);
CREATE TABLE strategy_metadata (
    strategy_id TEXT PRIMARY KEY,     -- trader-btc-binance-1h
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    strategy_name TEXT NOT NULL,      -- RSI_Momentum, Scalping, etc.
    config_file TEXT NOT NULL,        -- btc_binance_1h.yaml
    container_name TEXT,              -- Docker container name
    status TEXT DEFAULT 'active',     -- active, paused, stopped
    created_at INTEGER DEFAULT (strftime('%s', 'now')),
    updated_at INTEGER DEFAULT (strftime('%s', 'now'))
);
CREATE TABLE trades (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    strategy_id TEXT NOT NULL,        -- Foreign key to strategy_metadata
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,

    order_id TEXT NOT NULL,           -- Exchange order ID
    side TEXT NOT NULL,               -- buy, sell
    order_type TEXT NOT NULL,         -- limit, market
    quantity REAL NOT NULL,
    price REAL NOT NULL,
    cost REAL NOT NULL,               -- quantity * price
    fee REAL DEFAULT 0,
    fee_currency TEXT,

    timestamp INTEGER NOT NULL,
    status TEXT DEFAULT 'filled',     -- filled, partial, cancelled

    -- P&L tracking
    pnl REAL DEFAULT 0,
    pnl_percent REAL DEFAULT 0,

    created_at INTEGER DEFAULT (strftime('%s', 'now')),

    FOREIGN KEY (strategy_id) REFERENCES strategy_metadata(strategy_id)
);
CREATE TABLE positions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    strategy_id TEXT NOT NULL,
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,

    side TEXT NOT NULL,               -- long, short
    entry_price REAL NOT NULL,
    quantity REAL NOT NULL,
    current_price REAL,

    stop_loss REAL,
    take_profit REAL,
    trailing_stop REAL,

    unrealized_pnl REAL DEFAULT 0,
    unrealized_pnl_percent REAL DEFAULT 0,

    opened_at INTEGER NOT NULL,
    updated_at INTEGER DEFAULT (strftime('%s', 'now')),

    status TEXT DEFAULT 'open',       -- open, closed

    FOREIGN KEY (strategy_id) REFERENCES strategy_metadata(strategy_id)
);
CREATE TABLE signals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    strategy_id TEXT NOT NULL,
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,

    signal_type TEXT NOT NULL,        -- buy, sell, hold
    confidence REAL,                  -- 0.0 to 1.0
    indicators TEXT,                  -- JSON: {"rsi": 28, "macd": 0.5}

    executed BOOLEAN DEFAULT 0,       -- Was this signal acted upon?
    trade_id INTEGER,                 -- If executed, link to trade

    timestamp INTEGER NOT NULL,
    created_at INTEGER DEFAULT (strftime('%s', 'now')),

    FOREIGN KEY (strategy_id) REFERENCES strategy_metadata(strategy_id),
    FOREIGN KEY (trade_id) REFERENCES trades(id)
);
CREATE TABLE indicator_cache (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    exchange TEXT NOT NULL,
    symbol TEXT NOT NULL,
    timeframe TEXT NOT NULL,
    indicator_name TEXT NOT NULL,     -- rsi, macd, ema_50

    timestamp INTEGER NOT NULL,
    value REAL NOT NULL,              -- Indicator value
    metadata TEXT,                    -- JSON: additional data

    computed_at INTEGER DEFAULT (strftime('%s', 'now')),

    UNIQUE(exchange, symbol, timeframe, indicator_name, timestamp)
);
insert into strategy_metadata values ('trader-btc-binance-1h','binance','BTC/USDT','1h','RSI_Momentum','btc_binance_1h.yaml','trader-1','active',1704067200,1704067260);
insert into ohlcv_data (exchange,symbol,timeframe,timestamp,open,high,low,close,volume) values ('binance','BTC/USDT','1h',1704067200,42283.58,42554.57,42261.02,42475.23,1271.68), ('binance','BTC/USDT','1h',1704070800000,42475.23,42775,42431.65,42613.56,1196.37856);
insert into ticker_data (exchange,symbol,timestamp,bid,ask,last,volume_24h) values ('binance','BTC/USDT',1704067200,42283.5,42283.6,42283.55,1000.5);
insert into trades (strategy_id,exchange,symbol,timeframe,order_id,side,order_type,quantity,price,cost,fee,fee_currency,timestamp,status,pnl,pnl_percent) values
 ('trader-btc-binance-1h','binance','BTC/USDT','1h','o-1','buy','limit',0.1,42300.25,4230.025,4.23,'USDT',1704067300,'partial',0,0),
 ('trader-btc-binance-1h','binance','BTC/USDT','1h','o-1','buy','limit',0.2,42300.25,8460.05,8.46,'USDT',1704067310,'filled',0,0),
 ('trader-btc-binance-1h','binance','BTC/USDT','1h','o-2','sell','market',0.3,42500,12750,12.75,'USDT',1704070000,'cancelled',59.925,0.47);
insert into positions (strategy_id,exchange,symbol,timeframe,side,entry_price,quantity,current_price,opened_at,updated_at,status) values ('trader-btc-binance-1h','binance','BTC/USDT','1h','long',42300.25,0.3,42500,1704067300,1704070000,'closed');
insert into signals (strategy_id,exchange,symbol,timeframe,signal_type,confidence,indicators,executed,trade_id,timestamp) values ('trader-btc-binance-1h','binance','BTC/USDT','1h','buy',0.8,'{"rsi": 28, "macd": 0.5}',1,1,1704067290), ('trader-btc-binance-1h','binance','BTC/USDT','1h','hold',NULL,NULL,0,NULL,1704067295);
