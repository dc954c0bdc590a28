using MlNetSer.Cli;

if (Decoding.IsWorker(args)) return Decoding.Work();
CompactHeap.StartAgain(args);
Decoding.MoveOut();
return Tool.Run(args, Screen.OfProcess());
