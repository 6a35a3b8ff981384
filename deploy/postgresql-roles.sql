-- 三个数据库账号：migrate 建表改表，jiebangtai 日常读写，audit_ro 只读核查。
-- 以 postgres 身份在空库里执行一次；flask db upgrade 用 migrate 的口令运行，网站用 jiebangtai。
-- 升级后再执行一次（最后四句收回日常账号对审计日志的改、删）。
\set ON_ERROR_STOP on
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'migrate') THEN CREATE ROLE migrate LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'jiebangtai') THEN CREATE ROLE jiebangtai LOGIN; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'audit_ro') THEN CREATE ROLE audit_ro LOGIN; END IF;
END $$;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO migrate;
GRANT USAGE ON SCHEMA public TO jiebangtai, audit_ro;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public
  GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO jiebangtai;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT USAGE ON SEQUENCES TO jiebangtai;
ALTER DEFAULT PRIVILEGES FOR ROLE migrate IN SCHEMA public GRANT SELECT ON TABLES TO audit_ro;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO jiebangtai;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO jiebangtai;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO audit_ro;
DO $$ BEGIN
  IF to_regclass('public.audit_entry') IS NOT NULL THEN
    REVOKE UPDATE, DELETE, TRUNCATE ON audit_entry, audit_anchor FROM jiebangtai;
  END IF;
END $$;
