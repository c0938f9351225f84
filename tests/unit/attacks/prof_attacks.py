import time, atexit
import tests.unit.attacks.arena as a
tot={}
def wrap(obj,name):
    f=getattr(obj,name)
    async def g(*x,**k):
        t=time.process_time(); r=await f(*x,**k); tot[name]=tot.get(name,0)+time.process_time()-t; return r
    setattr(obj,name,g)
wrap(a.Arena,'_rows'); wrap(a.Arena,'send'); wrap(a.Arena,'_watch')
f=a.refusals
def g(*x):
    t=time.process_time(); r=f(*x); tot['ref']=tot.get('ref',0)+time.process_time()-t; return r
a.refusals=g
atexit.register(lambda: print(tot))
