using MlNetSer.Cli;

return Tool.Run(args, new Screen(Console.Out, Console.Error));
